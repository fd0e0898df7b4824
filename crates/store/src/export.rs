//! The ledger as JSON lines.

use std::io::{self, Write};

use plimsoll_engine::ports::LedgerError;
use serde::de::IgnoredAny;

use crate::stored::{StoredEvent, digest};
use crate::verify::Rows;

const PAGE: u32 = 500;

/// Why a ledger was not exported whole.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Where it was to be written to did not take it.
    #[error("could not write the export")]
    Write(#[from] io::Error),
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
