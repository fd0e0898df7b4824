//! Carrying out, on a server, the command lines of people at other machines: the same verbs, the same
//! words, on a screen that is far away.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::tz::TimeZone;
use plimsoll_engine::ports::Blobs;
use plimsoll_store::Store;
use plimsoll_web::Site;
use plimsoll_web::api::Console;
use plimsoll_web::caller::Caller;
use plimsoll_wire::{CommandLine, ExitCode, Frame, Reply};
use tokio::sync::mpsc;

use crate::app::{App, Opened, Screen, Served};
use crate::error::CliError;
use crate::{reading, run};

/// Carries command lines out.
pub struct Carrier {
    site: Weak<Site>,
    store: Arc<dyn Store>,
    blobs: Arc<dyn Blobs>,
    state_dir: std::path::PathBuf,
}

impl Carrier {
    /// On this server.
    pub fn new(site: &Arc<Site>, opened: &Opened) -> Self {
        Self {
            site: Arc::downgrade(site),
            store: opened.store.clone(),
            blobs: opened.blobs.clone(),
            state_dir: opened.state_dir().to_owned(),
        }
    }
}

#[async_trait]
impl Console for Carrier {
    async fn carry_out(
        &self,
        line: CommandLine,
        caller: Caller,
        frames: mpsc::Sender<Frame>,
        replies: mpsc::Receiver<Reply>,
    ) -> u8 {
        let (cli, names) = match reading::sent(&line.arguments) {
            Ok(read) => read,
            Err((words, code)) => {
                let frame = if code == 0 { Frame::Out(words) } else { Frame::Err(words) };
                let _ = frames.send(frame).await;
                return code;
            }
        };
        let (Some(site), Some(person)) = (self.site.upgrade(), caller.person) else {
            return ExitCode::Unavailable.code();
        };
        let interactive = line.terminal.interactive;
        let served = Served {
            driver: site.works.driver(&site.desk()),
            store: self.store.clone(),
            blobs: self.blobs.clone(),
            state_dir: self.state_dir.clone(),
            person,
            scope: caller.scope,
            zone: TimeZone::get(&line.terminal.zone).unwrap_or(TimeZone::UTC),
            terminal: line.terminal,
        };
        let wanted = cli.verb.wants().check(&served.scope);
        let named_other = cli
            .global
            .person
            .is_some()
            .then(|| CliError::usage("--as: the token says who you are", ""));
        let screen = Arc::new(Afar::new(frames, replies, interactive));
        let app = App::served(cli.global, names, served, screen);
        let code = match (wanted, named_other) {
            (Err(error), _) | (Ok(()), Some(error)) => run::end_with(&app, &error),
            (Ok(()), None) => run::for_another(&app, cli.verb).await,
        };
        code.code()
    }
}

/// A screen at another machine.
struct Afar {
    frames: mpsc::Sender<Frame>,
    answers: tokio::sync::Mutex<mpsc::Receiver<String>>,
    interrupts: Arc<Mutex<Option<mpsc::Sender<()>>>>,
    interactive: bool,
}

impl Afar {
    fn new(
        frames: mpsc::Sender<Frame>,
        mut replies: mpsc::Receiver<Reply>,
        interactive: bool,
    ) -> Self {
        let (answer, answers) = mpsc::channel(1);
        let interrupts: Arc<Mutex<Option<mpsc::Sender<()>>>> = Arc::default();
        let told = interrupts.clone();
        tokio::spawn(async move {
            while let Some(reply) = replies.recv().await {
                match reply {
                    Reply::Answer(text) => {
                        let _ = answer.try_send(text);
                    }
                    Reply::Interrupt => {
                        let told = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        if let Some(told) = &*told {
                            let _ = told.try_send(());
                        }
                    }
                }
            }
        });
        Self { frames, answers: tokio::sync::Mutex::new(answers), interrupts, interactive }
    }

    /// Sends a frame; a slow reader is waited for, one that is gone misses it.
    fn send(&self, frame: Frame) {
        if let Err(mpsc::error::TrySendError::Full(frame)) = self.frames.try_send(frame) {
            let _ = tokio::task::block_in_place(|| self.frames.blocking_send(frame));
        }
    }
}

#[async_trait]
impl Screen for Afar {
    fn out(&self, text: &str) -> io::Result<()> {
        self.send(Frame::Out(text.to_owned()));
        Ok(())
    }

    fn err(&self, text: &str) {
        self.send(Frame::Err(text.to_owned()));
    }

    fn redraws(&self) -> bool {
        self.interactive
    }

    fn bar(&self, done: u32, expected: u32) {
        self.send(Frame::Bar(done, expected));
    }

    async fn ask(&self, question: &str) -> io::Result<Option<String>> {
        if !self.interactive {
            return Ok(None);
        }
        self.send(Frame::Ask(question.to_owned()));
        let mut answers = self.answers.lock().await;
        tokio::select! {
            answer = answers.recv() => Ok(answer),
            // Nobody is there any more who could answer.
            () = self.frames.closed() => Ok(None),
        }
    }

    fn interrupts(&self) -> io::Result<mpsc::Receiver<()>> {
        let (tell, told) = mpsc::channel(4);
        *self.interrupts.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(tell);
        Ok(told)
    }

    fn keep(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let path = path.display().to_string();
        self.send(Frame::Keep { path, bytes: BASE64_STANDARD.encode(bytes) });
        Ok(())
    }
}
