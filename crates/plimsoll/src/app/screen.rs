//! Where answers go, words said on the way, and questions: this terminal, or that of a person whose
//! command a server carries out.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Where answers, words and questions go.
#[async_trait]
pub trait Screen: Send + Sync {
    /// The answer.
    fn out(&self, text: &str) -> io::Result<()>;

    /// Words on the way, line breaks included.
    fn err(&self, text: &str);

    /// Whether somebody looks at a bar while work goes on.
    fn redraws(&self) -> bool;

    /// So much of so much is done; the bar begins with nothing and is gone with all.
    fn bar(&self, done: u32, expected: u32);

    /// Asks for a line; nothing when there is nobody to ask.
    async fn ask(&self, question: &str) -> io::Result<Option<String>>;

    /// A message for each time that somebody wants it to end.
    fn interrupts(&self) -> io::Result<mpsc::Receiver<()>>;

    /// Keeps a file where the person is, with its folders.
    fn keep(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
}

/// This terminal.
pub struct Here {
    unicode: bool,
    running: Mutex<Option<ProgressBar>>,
}

impl Here {
    /// Standard output and standard error of this process.
    pub(super) fn new(unicode: bool) -> Self {
        Self { unicode, running: Mutex::default() }
    }

    fn begin_bar(&self, expected: u32) -> Option<ProgressBar> {
        let template = if self.unicode {
            "  {msg} {bar:24}  {pos} of {len}   {elapsed_precise}"
        } else {
            "  {msg} [{bar:24}]  {pos} of {len}   {elapsed_precise}"
        };
        let chars = if self.unicode { "█▌░" } else { "#>." };
        let style = ProgressStyle::with_template(template).ok()?;
        let bar = ProgressBar::new(u64::from(expected)).with_style(style.progress_chars(chars));
        bar.set_message("running");
        bar.enable_steady_tick(Duration::from_millis(250));
        Some(bar)
    }
}

#[async_trait]
impl Screen for Here {
    /// A reader that has gone away is no error.
    fn out(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }

    fn err(&self, text: &str) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody is left who could be told that it cannot be written.
        let write = || drop(io::stderr().lock().write_all(text.as_bytes()));
        match &*running {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn redraws(&self) -> bool {
        io::stderr().is_terminal()
    }

    fn bar(&self, done: u32, expected: u32) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if done >= expected {
            if let Some(finished) = running.take() {
                finished.finish_and_clear();
            }
            return;
        }
        if running.is_none() {
            *running = self.begin_bar(expected);
        }
        if let Some(bar) = &*running {
            bar.set_position(u64::from(done));
        }
    }

    async fn ask(&self, question: &str) -> io::Result<Option<String>> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(None);
        }
        self.err(question);
        let read = || {
            let mut typed = String::new();
            io::stdin().lock().read_line(&mut typed).map(|_| typed.trim().to_owned())
        };
        let typed = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?;
        typed.map(Some)
    }

    fn interrupts(&self) -> io::Result<mpsc::Receiver<()>> {
        let (tell, told) = mpsc::channel(4);
        let mut interrupts = signal(SignalKind::interrupt())?;
        let mut terminations = signal(SignalKind::terminate())?;
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = interrupts.recv() => {}
                    _ = terminations.recv() => {}
                    () = tell.closed() => return,
                }
                if tell.send(()).await.is_err() {
                    return;
                }
            }
        });
        Ok(told)
    }

    fn keep(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, bytes)
    }
}
