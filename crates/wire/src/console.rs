//! A command line that a server carries out for somebody at another machine. Both ends are
//! plimsoll; other programs use the other nouns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A command line, and the terminal that its answer is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CommandLine {
    /// The arguments, without the program's name: `["gate", "shop@1.1", "--to", "production"]`.
    pub arguments: Vec<String>,
    /// The terminal.
    pub terminal: TerminalView,
}

/// What a terminal can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TerminalView {
    /// The answer is coloured.
    pub color: bool,
    /// Words on the way are coloured.
    pub color_words: bool,
    /// It shows more than ASCII.
    pub unicode: bool,
    /// Columns.
    pub width: u16,
    /// Somebody looks at it and can be asked.
    pub interactive: bool,
    /// Its time zone: `Europe/Amsterdam`.
    pub zone: String,
}

/// One line of the answer, as it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Frame {
    /// The number of this command, for replies.
    Begun(String),
    /// For standard output.
    Out(String),
    /// For standard error.
    Err(String),
    /// So much of so much is done.
    Bar(u32, u32),
    /// A question; a [`Reply::Answer`] is waited for.
    Ask(String),
    /// A file to be kept, its bytes in base64.
    Keep {
        /// Where, as the command line named it.
        path: String,
        /// The bytes.
        bytes: String,
    },
    /// Nothing new; the server is there.
    Alive,
    /// It is over, with this exit code.
    Exit(u8),
}

/// What somebody says to a command that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The answer to a question.
    Answer(String),
    /// They pressed Ctrl-C.
    Interrupt,
}
