//! The crate as others use it.

mod files;
mod good;
mod hostile;
mod transcript;

use std::path::Path;

use plimsoll_config::{Diagnostic, Loaded, load_texts};

fn load_one(text: &str) -> Result<Loaded, Vec<Diagnostic>> {
    load_texts(Path::new("plimsoll.yaml"), [("plimsoll.yaml", text)])
}

/// The lines, messages and hints of errors.
fn said(errors: &[Diagnostic]) -> Vec<String> {
    let hint = |one: &Diagnostic| one.hint.clone().unwrap_or_default();
    errors
        .iter()
        .map(|one| {
            format!(
                "{}:{}:{} {} → {}",
                one.file.display(),
                one.line,
                one.column,
                one.message,
                hint(one)
            )
        })
        .collect()
}
