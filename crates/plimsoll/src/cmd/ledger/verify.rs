//! `plimsoll ledger verify`.

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_store::{
    ContentsVerified, Depth, DirBlobs, Store, Verified, VerifyError, verify_contents,
};
use plimsoll_wire::ExitCode;
use serde_json::json;

use super::progress::Bar;
use crate::app::App;
use crate::error::CliError;
use crate::render::{content_faults, contents};

pub(super) async fn run(
    app: &App,
    store: &dyn Store,
    blobs: Option<&DirBlobs>,
    quick: bool,
) -> Result<ExitCode, CliError> {
    let bar = Bar::begin(app, "hashed");
    let verified = match store.verify(&|done, of| bar.at(done, of, 0)).await {
        Ok(verified) => verified,
        Err(VerifyError::Chain(fault)) => {
            return Err(CliError::refused(
                format!("this ledger was tampered with or damaged: {fault}"),
                "keep it as it is, and go on from a backup",
            ));
        }
        Err(VerifyError::Ledger(error)) => return Err(DeskError::from(error).into()),
    };
    drop(bar);
    let depth = if quick { Depth::Presence } else { Depth::Hash };
    let seen = match blobs {
        None => None,
        Some(blobs) => {
            let bar = Bar::begin(app, "content of");
            let tell = |done, of, bytes| bar.at(done, of, bytes);
            let seen = verify_contents(store, blobs, verified.last(), depth, &tell).await;
            Some(seen.map_err(DeskError::from)?)
        }
    };
    answer(app, &verified, seen.as_ref(), quick)
}

fn answer(
    app: &App,
    verified: &Verified,
    seen: Option<&ContentsVerified>,
    quick: bool,
) -> Result<ExitCode, CliError> {
    let events = say::count(usize::try_from(verified.events).unwrap_or(usize::MAX), "event");
    let faults = seen.map_or(&[][..], |seen| &seen.faults);
    let whole = faults.is_empty();
    let view = json!({
        "verified": whole,
        "events": verified.events,
        "head": verified.head,
        "contents": seen.map(|seen| seen.contents),
        "faults": content_faults(faults),
    });
    app.answer(&view, |style| {
        let Some(seen) = seen else {
            let sentence = format!(
                "Verified: {events}, unchanged and in order. What they refer to was not looked at."
            );
            return style.answer(say::mark(State::Satisfied), &sentence);
        };
        let number = say::count(usize::try_from(seen.contents).unwrap_or(usize::MAX), "content");
        if whole {
            let how = if quick { "there, and was not read" } else { "as it was" };
            let sentence =
                format!("Verified: {events}, unchanged and in order; {number}, all of it {how}.");
            return style.answer(say::mark(State::Satisfied), &sentence);
        }
        let sentence = format!(
            "{events}, unchanged and in order; of {number}, {} not as it was.",
            faults.len()
        );
        let next = "copy what is missing from the blobs of a backup; a release also comes back with  plimsoll release add";
        format!(
            "{}{}{}",
            style.answer(say::mark(State::Failed), &sentence),
            contents(faults, style),
            style.next(next)
        )
    })?;
    Ok(if whole { ExitCode::Yes } else { ExitCode::Refused })
}
