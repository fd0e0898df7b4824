//! What all commands share.

use clap::ValueEnum;

/// What all commands share.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The configuration
    #[arg(
        short,
        long,
        global = true,
        value_name = "FILE",
        env = "PLIMSOLL_CONFIG",
        default_value = "plimsoll.yaml"
    )]
    pub config: std::path::PathBuf,
    /// Where the ledger is: a directory, or postgres://USER@HOST/DATABASE [default: .plimsoll
    /// beside the configuration]
    #[arg(
        long,
        global = true,
        value_name = "WHERE",
        env = "PLIMSOLL_LEDGER",
        hide_env_values = true
    )]
    pub ledger: Option<String>,
    /// Let this server carry it out, with its configuration and ledger: https://plimsoll.example
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PLIMSOLL_SERVER",
        conflicts_with_all = ["config", "ledger"]
    )]
    pub server: Option<url::Url>,
    /// The file that holds the token for that server
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "PLIMSOLL_TOKEN_FILE",
        requires = "server"
    )]
    pub token_file: Option<std::path::PathBuf>,
    /// How to answer: text for people, json for programs
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Who you are, by handle [default: the login name]
    #[arg(long = "as", global = true, value_name = "PERSON", env = "PLIMSOLL_PERSON")]
    pub person: Option<String>,
    /// When to use colour; NO_COLOR is heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// Say nothing while working; the answer only
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; `plimsoll schema` describes it.
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
