//! What a process that runs for long says of what goes on.

/// How to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Log {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
    /// Nothing.
    Off,
}

impl Log {
    /// From now on, to standard error.
    pub fn begin(self) {
        let builder = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_writer(std::io::stderr)
            // Where a line cannot be written, saying so there would end whatever was being done.
            .log_internal_errors(false)
            .with_target(false);
        // One that is set already stays.
        let _ = match self {
            Self::Text => builder.with_ansi(false).try_init(),
            Self::Json => builder.json().try_init(),
            Self::Off => Ok(()),
        };
    }
}
