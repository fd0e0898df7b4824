//! Secrets, taken out of what is shown and written down.

/// Takes secrets out of text.
pub trait Redact: Send + Sync {
    /// The text with `[secret NAME]` in the place of every secret.
    fn text(&self, text: &str) -> String;
}

/// There are no secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

impl Redact for NoSecrets {
    fn text(&self, text: &str) -> String {
        text.to_owned()
    }
}
