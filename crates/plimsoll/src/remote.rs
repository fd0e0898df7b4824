//! Letting a server carry a verb out: the command line goes there, what is printed comes back as it is
//! printed, and the exit code is the server's.

use std::io::{ErrorKind, IsTerminal as _};
use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt as _;
use plimsoll_wire::{CommandLine, ExitCode, Frame, ProblemView, Reply, TerminalView};
use reqwest::{Client, StatusCode};
use url::Url;

use crate::app::{App, Wants};
use crate::cli::Verb;
use crate::error::CliError;
use crate::run;

mod pushes;
mod upload;

pub(crate) use pushes::Pushes;

/// How long a server that says nothing is waited for. One that works says so every ten seconds.
const SILENCE: std::time::Duration = std::time::Duration::from_secs(45);

/// The longest line of an answer: a picture in base64.
const LONGEST_LINE: usize = 256 << 20;

/// Lets the server carry the verb out.
pub fn carry_out(app: &App, server: &Url, verb: &Verb) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => {
            let outcome = runtime.block_on(ask(app, server, verb));
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
            outcome
        }
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| run::end_with(app, &error))
}

/// A server and the token for it.
pub(crate) struct Server {
    client: Client,
    url: Url,
    token: Option<String>,
}

async fn ask(app: &App, url: &Url, verb: &Verb) -> Result<ExitCode, CliError> {
    if verb.wants() == Wants::Here {
        return Err(CliError::usage(
            "this is done where you are, not at a server",
            "leave --server out (is PLIMSOLL_SERVER set?)",
        ));
    }
    let server = Server::new(app, url)?;
    let mut arguments = without_server(std::env::args().skip(1).collect());
    if let Verb::Release(args) = verb
        && let Some(artifacts) = args.artifacts()
    {
        let made = upload::upload(&server, artifacts).await?;
        arguments.extend(["--made".to_owned(), made]);
    }
    if let Verb::Report(args) = verb
        && let Some(file) = args.junit()
    {
        let content = BASE64_STANDARD.encode(crate::cmd::report::read(file)?);
        arguments.extend(["--sent".to_owned(), content]);
    }
    let line = CommandLine { arguments, terminal: terminal(app) };
    server.carry_out(app, &line, kept_in(verb)).await
}

/// The folder that files may be kept in: the one that was named.
fn kept_in(verb: &Verb) -> Option<PathBuf> {
    match verb {
        Verb::Show(args) => args.pictures().map(Path::to_owned),
        _ => None,
    }
}

fn terminal(app: &App) -> TerminalView {
    let interactive = std::io::stderr().is_terminal() && std::io::stdin().is_terminal();
    TerminalView {
        color: app.style.color,
        color_words: app.words_style().color,
        unicode: app.style.unicode,
        width: u16::try_from(app.style.width).unwrap_or(100),
        interactive,
        zone: jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned(),
    }
}

/// The command line without what only this end needs.
fn without_server(arguments: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--" => {
                kept.push(argument);
                kept.extend(arguments);
                break;
            }
            "--server" | "--token-file" => drop(arguments.next()),
            one if one.starts_with("--server=") || one.starts_with("--token-file=") => {}
            _ => kept.push(argument),
        }
    }
    kept
}

impl Server {
    fn new(app: &App, url: &Url) -> Result<Self, CliError> {
        // Installed once; a second try changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(std::time::Duration::from_secs(10))
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| away(url, &error))?;
        let token = token(app.global.token_file.as_deref())?;
        let mut url = url.clone();
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self { client, url, token })
    }

    /// A request to a path below `/api/v1`.
    fn request(
        &self,
        method: reqwest::Method,
        path: &str,
    ) -> Result<reqwest::RequestBuilder, CliError> {
        let url = self.url.join(&format!("api/v1/{path}")).map_err(|error| {
            CliError::usage(format!("--server: {error}"), "--server https://plimsoll.example")
        })?;
        let request = self.client.request(method, url);
        Ok(match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        })
    }

    async fn carry_out(
        &self,
        app: &App,
        line: &CommandLine,
        keep: Option<PathBuf>,
    ) -> Result<ExitCode, CliError> {
        let sent = self.request(reqwest::Method::POST, "console")?.json(line).send().await;
        let answer = answered(&self.url, sent).await?;
        let mut bytes = answer.bytes_stream();
        let mut lines = Lines::default();
        let mut interrupts = app.screen.interrupts()?;
        let mut id = String::new();
        loop {
            let more = tokio::select! {
                more = bytes.next() => more,
                Some(()) = interrupts.recv() => {
                    self.reply(&id, &Reply::Interrupt).await?;
                    continue;
                }
            };
            let Some(more) = more else { return Err(broken(&self.url, "it ended early")) };
            lines.add(&more.map_err(|error| broken(&self.url, &error.to_string()))?);
            if lines.waiting() > LONGEST_LINE {
                return Err(broken(&self.url, "a line is too long"));
            }
            while let Some(frame) = lines.next() {
                let frame = frame.map_err(|error| broken(&self.url, &error))?;
                match frame {
                    Frame::Begun(number) => id = number,
                    Frame::Alive => {}
                    Frame::Out(text) => app.screen.out(&text)?,
                    Frame::Err(text) => app.screen.err(&text),
                    Frame::Bar(done, expected) => app.screen.bar(done, expected),
                    Frame::Ask(question) => {
                        let answer = app.screen.ask(&question).await?.unwrap_or_default();
                        self.reply(&id, &Reply::Answer(answer)).await?;
                    }
                    Frame::Keep { path, bytes } => {
                        let bytes = BASE64_STANDARD
                            .decode(bytes)
                            .map_err(|error| broken(&self.url, &error.to_string()))?;
                        keep_file(app, keep.as_deref(), Path::new(&path), &bytes)?;
                    }
                    Frame::Exit(code) => return Ok(ExitCode::of_code(code)),
                }
            }
        }
    }

    async fn reply(&self, id: &str, reply: &Reply) -> Result<(), CliError> {
        let path = format!("console/{id}");
        let sent = self.request(reqwest::Method::POST, &path)?.json(reply).send().await;
        answered(&self.url, sent).await.map(drop)
    }
}

/// Files are kept in the folder that was named on this command line, and nowhere else.
fn keep_file(app: &App, folder: Option<&Path>, path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let inside = folder
        .and_then(|folder| path.strip_prefix(folder).ok())
        .is_some_and(|rest| rest.components().all(|part| matches!(part, Component::Normal(_))));
    if !inside {
        return Err(CliError::refused(
            format!("the server wants to write {}, which nobody asked for", path.display()),
            "is it the server that you mean?",
        ));
    }
    app.screen.keep(path, bytes).map_err(|error| CliError::Unavailable {
        message: format!("{}: {error}", path.display()),
        hint: "name a folder that can be written".to_owned(),
    })
}

/// The token: in the file that is named, else in PLIMSOLL_TOKEN.
fn token(file: Option<&Path>) -> Result<Option<String>, CliError> {
    let Some(file) = file else {
        return Ok(std::env::var("PLIMSOLL_TOKEN").ok().filter(|token| !token.is_empty()));
    };
    let shown = file.display();
    let wrong =
        |why: &str, hint: String| CliError::usage(format!("--token-file: {shown} {why}"), hint);
    // The secret goes from the screen into the file, and through no list of processes.
    let make = || {
        format!(
            "make a token at the server and put its secret there:  plimsoll token create NAME --for PERSON --may read;  \
             then  (umask 077; cat > {shown})"
        )
    };
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => wrong("is not there yet", make()),
        ErrorKind::PermissionDenied => wrong(
            "cannot be read by this account",
            "it belongs to the account that uses it".to_owned(),
        ),
        _ => wrong(&format!("cannot be read: {error}"), String::new()),
    })?;
    match text.trim() {
        "" => Err(wrong("is empty", make())),
        token => Ok(Some(token.to_owned())),
    }
}

/// The answer, unless the server does not do it.
async fn answered(
    url: &Url,
    sent: Result<reqwest::Response, reqwest::Error>,
) -> Result<reqwest::Response, CliError> {
    let answer = sent.map_err(|error| away(url, &error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let problem: Option<ProblemView> = answer.json().await.ok();
    let hint = problem.as_ref().and_then(|problem| problem.hint.clone()).unwrap_or_default();
    let message =
        problem.map_or_else(|| format!("{url} answered {status}"), |problem| problem.detail);
    Err(match status {
        StatusCode::UNAUTHORIZED => CliError::refused(
            message,
            "--token-file FILE, or PLIMSOLL_TOKEN; plimsoll token create  makes one at the server",
        ),
        StatusCode::FORBIDDEN | StatusCode::CONFLICT => CliError::refused(message, hint),
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => {
            CliError::usage(message, hint)
        }
        _ => CliError::Unavailable { message, hint },
    })
}

fn away(url: &Url, error: &reqwest::Error) -> CliError {
    let mut why: &dyn std::error::Error = error;
    while let Some(source) = why.source() {
        why = source;
    }
    CliError::Unavailable {
        message: format!("{url} does not answer: {why}"),
        hint: "is it serving? Nothing was changed".to_owned(),
    }
}

fn broken(url: &Url, why: &str) -> CliError {
    CliError::Unavailable {
        message: format!("the connection to {url} broke: {why}"),
        hint: "what was begun goes on there:  plimsoll status".to_owned(),
    }
}

/// Frames out of bytes as they come.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn add(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn waiting(&self) -> usize {
        self.0.len()
    }

    fn next(&mut self) -> Option<Result<Frame, String>> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.0.drain(..=end).collect();
        Some(serde_json::from_slice(&line).map_err(|error| error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_this_end_needs_is_not_sent() {
        let sent =
            |line: &str| without_server(line.split(' ').map(str::to_owned).collect()).join(" ");
        assert_eq!(sent("--server http://x gate a@1 --to p"), "gate a@1 --to p");
        assert_eq!(sent("gate a@1 --token-file=t --to p --server=http://x"), "gate a@1 --to p");
        assert_eq!(sent("waive -- --server x"), "waive -- --server x");
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        let mut lines = Lines::default();
        lines.add(b"{\"out\":\"a");
        assert!(lines.next().is_none());
        lines.add(b"\"}\n{\"exit\":10}\n");
        assert_eq!(lines.next(), Some(Ok(Frame::Out("a".to_owned()))));
        assert_eq!(lines.next(), Some(Ok(Frame::Exit(10))));
        assert!(lines.next().is_none());
    }
}
