//! The pictures of page checks, written out to be looked at side by side.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use plimsoll_analyze::picture::{FrameError, Options, PictureError, Verdict, diff, frame};
use plimsoll_core::ids::{CheckRunId, EnvironmentName, ReleaseId};
use plimsoll_core::record::{CheckResult, Picture};
use plimsoll_core::say::count;
use plimsoll_engine::desk::DeskError;

use crate::app::{App, Opened};
use crate::error::CliError;

use super::picture_page::{Shown, list, page};

/// The name of the picture of what is known to be good, beside that of the same window size.
const BEFORE: &str = "-before.png";

/// The name of the page that shows them side by side.
const PAGE: &str = "index.html";

/// The pictures of the deciding attempt.
pub(super) fn of(result: &CheckResult) -> &[Picture] {
    let page = result.attempts.last().and_then(|attempt| attempt.page.as_deref());
    page.map_or(&[], |page| page.pictures.as_slice())
}

/// Writes the pictures into the folder, and for each that has one to be compared with a third one:
/// what changed, framed. Gives the lines that say what was written.
///
/// # Errors
/// There is no picture, one is not there any more, or the folder cannot be written.
pub(super) async fn write(
    app: &App,
    opened: &Opened,
    (id, result): (CheckRunId, &CheckResult),
    folder: &Path,
) -> Result<Vec<String>, CliError> {
    let pictures = of(result);
    if pictures.is_empty() {
        return Err(CliError::usage(
            format!("{id} kept no picture"),
            "only page checks keep some, and none of a page that shows a secret",
        ));
    }
    let mut bytes = Vec::new();
    for picture in pictures {
        let png = opened.blobs.get(&picture.blob.digest).await.map_err(DeskError::from)?;
        bytes.push((picture.name.as_str(), png));
    }
    let (mut said, mut all) = (Vec::new(), Vec::new());
    for (name, png) in &bytes {
        let good = name.ends_with(BEFORE);
        let what = if good { "what is known to be good" } else { "what was looked at" };
        let file = folder.join(name);
        app.screen.keep(&file, png).map_err(|error| unwritable(&file, &error))?;
        said.push(format!("{}  {what}", file.display()));
        if good {
            continue;
        }
        let mut shown =
            Shown { after: (*name).to_owned(), before: None, framed: None, verdict: None };
        let other = format!("{}{BEFORE}", name.trim_end_matches(".png"));
        if let Some((_, before)) = bytes.iter().find(|(name, _)| *name == other) {
            let found = framed(app, folder, name, (before, png))?;
            said.push(found.words);
            (shown.before, shown.framed) = (Some(other), found.file);
            shown.verdict = Some(found.verdict);
        }
        all.push(shown);
    }
    let title = format!("{} on {}, {}", result.check, result.target, result.version);
    let file = folder.join(PAGE);
    let html = page(&title, result.finding(), &all);
    app.screen.keep(&file, html.as_bytes()).map_err(|error| unwritable(&file, &error))?;
    said.push(format!("{}  all of them, side by side", file.display()));
    Ok(said)
}

/// Writes the pictures of all page checks of a release in an environment, a folder for each target
/// and check, and writes down that they were opened. Gives the lines that say what was written.
///
/// # Errors
/// There is no picture, one is not there any more, or the folder cannot be written.
pub(super) async fn write_release(
    app: &App,
    opened: &Opened,
    release: &ReleaseId,
    on: Option<&EnvironmentName>,
    folder: &Path,
) -> Result<Vec<String>, CliError> {
    let environment = environment(opened, release, on)?;
    let state = opened.desk.load(&release.service).await?;
    let targets = state.lanes.get(&environment).into_iter().flat_map(|lane| &lane.targets);
    let (mut said, mut entries, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for (target, known) in targets {
        let runs = known.results.iter().filter(|(_, run)| {
            run.result.version == release.version && !of(&run.result).is_empty()
        });
        for (check, run) in runs {
            let place = format!("{target}/{check}");
            write(app, opened, (run.id, &run.result), &folder.join(&place)).await?;
            entries.push((place, run.result.finding().to_owned()));
            seen.push(target.clone());
        }
    }
    if entries.is_empty() {
        return Err(CliError::usage(
            format!("no page check of {release} kept a picture on {environment}"),
            format!("plimsoll verify {release} --on {environment}"),
        ));
    }
    seen.dedup();
    let file = folder.join(PAGE);
    let title = format!("{release} on {environment}");
    let html = list(&title, &entries);
    app.screen.keep(&file, html.as_bytes()).map_err(|error| unwritable(&file, &error))?;
    opened.desk.note_opened(release, &environment, &seen, &opened.person).await?;
    let pages = count(entries.len(), "page");
    said.push(format!("{}  {pages} of {}", file.display(), count(seen.len(), "target")));
    Ok(said)
}

/// The environment that is meant: the one that is named, else the one before the only gate.
fn environment(
    opened: &Opened,
    release: &ReleaseId,
    on: Option<&EnvironmentName>,
) -> Result<EnvironmentName, CliError> {
    opened.desk.known_environment(&release.service, on)?;
    if let Some(on) = on {
        return Ok(on.clone());
    }
    let gated = opened.desk.gated(release, None).map_err(|_| {
        CliError::usage("pictures of which environment?", "--on staging, with --pictures DIR")
    })?;
    let service = opened.desk.service(&release.service)?;
    let before = service.environment(&gated).and_then(|gated| gated.after.clone());
    before.ok_or_else(|| CliError::usage("pictures of which environment?", "--on staging"))
}

/// What came of framing what changed.
struct Framed {
    /// The line that says so.
    words: String,
    /// The name of the file, where anything changed.
    file: Option<String>,
    /// What is made of it.
    verdict: String,
}

/// Writes the second picture with the changes framed, if there are any.
fn framed(
    app: &App,
    folder: &Path,
    name: &str,
    (before, after): (&[u8], &[u8]),
) -> Result<Framed, CliError> {
    let broken = |error: &PictureError| CliError::Unavailable {
        message: format!("{name}: {error}"),
        hint: "run the check again for new pictures".to_owned(),
    };
    let difference = diff(&mut Cursor::new(before), &mut Cursor::new(after), &Options::default())
        .map_err(|error| broken(&error))?;
    if difference.verdict == Verdict::Same {
        let words =
            format!("{}  the same as what is known to be good", folder.join(name).display());
        let verdict = difference.verdict.word().to_owned();
        return Ok(Framed { words, file: None, verdict });
    }
    let name = format!("{}-framed.png", name.trim_end_matches(".png"));
    let file: PathBuf = folder.join(&name);
    let mut out = Vec::new();
    frame(&mut Cursor::new(after), &difference.regions, &mut out).map_err(|error| match error {
        FrameError::Write(error) => unwritable(&file, &error),
        FrameError::Picture(error) => broken(&error),
    })?;
    app.screen.keep(&file, &out).map_err(|error| unwritable(&file, &error))?;
    let regions = count(difference.regions.len(), "region");
    let (word, kind) = (difference.verdict.word(), difference.kind.word());
    let verdict = format!("{word}: {kind}, {:.0} % of the picture", difference.share() * 100.0);
    let words = format!("{}  what changed, framed: {regions}; {verdict}", file.display());
    Ok(Framed { words, file: Some(name), verdict })
}

fn unwritable(place: &Path, error: &std::io::Error) -> CliError {
    CliError::Unavailable {
        message: format!("{}: {error}", place.display()),
        hint: "name a folder that can be written".to_owned(),
    }
}
