//! The ledger as JSON lines.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use plimsoll_engine::ports::LedgerError;
use serde::de::IgnoredAny;

use crate::durable::{TempFile, parent};
use crate::store::Store;
use crate::stored::{StoredEvent, digest};
use crate::verify::Rows;

const PAGE: u32 = 500;

/// Why a ledger was not exported whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is something already.
    #[error("{} is there already, and an export overwrites nothing", .0.display())]
    Exists(PathBuf),
    /// The folder that the file is to lie in does not exist.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// Where it was to be written to did not take it.
    #[error("could not write the export")]
    Write(#[from] io::Error),
}

/// Writes every event as a line of JSON into a new file, which is there whole or not at all.
/// Returns how many.
///
/// # Errors
/// [`ExportError`]; nothing is left behind.
pub async fn export_to_file(store: &dyn Store, to: &Path) -> Result<u64, ExportError> {
    let occupied = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Exists(to.to_owned()),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            ExportError::NoFolder(parent(to).to_owned())
        }
        _ => ExportError::Write(error),
    };
    if to.symlink_metadata().is_ok() {
        return Err(ExportError::Exists(to.to_owned()));
    }
    let mut temp = TempFile::create_in(parent(to)).map_err(occupied)?;
    let mut out = io::BufWriter::new(temp.file().try_clone()?);
    let written = store.export(&mut out).await?;
    drop(out);
    temp.place_new(to).map_err(occupied)?;
    Ok(written)
}

/// Writes every event that is there now, one a line. `actor` and `kind` are the stored texts, byte
/// for byte, so that the hashes can be computed again from the lines.
pub(crate) async fn export_rows(
    rows: &dyn Rows,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let upto = rows.end().await?.last_event;
    let mut after = 0;
    let mut written = 0;
    loop {
        let page = rows.page(after, upto, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            out.write_all(line(row)?.as_bytes())?;
            written += 1;
        }
    }
    out.flush()?;
    Ok(written)
}

fn line(row: &StoredEvent) -> Result<String, LedgerError> {
    let fail = |what: &str| LedgerError::Unusable {
        reason: format!(
            "event {} cannot be exported, {what}: see `plimsoll ledger verify`",
            row.seq
        ),
    };
    for text in [&row.actor, &row.kind] {
        if text.contains('\n') || serde_json::from_str::<IgnoredAny>(text).is_err() {
            return Err(fail("its text is not what was written"));
        }
    }
    let prev = digest(&row.prev).ok_or_else(|| fail("its link is no hash"))?;
    let hash = digest(&row.hash).ok_or_else(|| fail("its hash is none"))?;
    Ok(format!(
        "{{\"seq\":{},\"stream\":{},\"version\":{},\"at\":{},\"actor\":{},\"kind\":{},\"prev\":\"{prev}\",\"hash\":\"{hash}\"}}\n",
        row.seq,
        serde_json::Value::from(row.stream.as_str()),
        row.version,
        serde_json::Value::from(row.at.as_str()),
        row.actor,
        row.kind,
    ))
}
