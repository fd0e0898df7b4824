//! `plimsoll serve` of a bed, and asking it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rustix::process::Signal;

use super::{Bed, Output, Running, wait_until};

/// A server; ended with the value.
pub struct Server {
    running: Running,
    /// Where it listens.
    pub port: u16,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Server {
    /// Serves a bed on a free port.
    pub fn start(bed: &Bed) -> Self {
        Self::start_at(bed, free_port())
    }

    /// The same, where nobody may look without a token.
    pub fn start_closed(bed: &Bed) -> Self {
        Self::start_with(bed, free_port(), &["--open-to", "nobody"])
    }

    /// Serves a bed on this port.
    pub fn start_at(bed: &Bed, port: u16) -> Self {
        Self::start_with(bed, port, &[])
    }

    fn start_with(bed: &Bed, port: u16, more: &[&str]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let args = [&["serve", "--listen", &listen], more].concat();
        let mut server = Self { running: bed.spawn(&args), port };
        wait_until("the server answers", Duration::from_secs(20), || {
            assert!(server.running.is_running(), "it ended");
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Kills it, as a power cut would.
    pub fn kill(self) {
        self.running.signal(Signal::KILL);
        self.running.wait();
    }

    /// Asks it to end, and waits.
    pub fn stop(self) -> Output {
        self.running.signal(Signal::TERM);
        self.running.wait()
    }

    /// Whether it is still there.
    pub fn is_running(&mut self) -> bool {
        self.running.is_running()
    }

    /// A command line that it carries out, with this token.
    pub fn afar(&self, bed: &Bed, token: &str, args: &[&str]) -> Output {
        self.begin_afar(bed, token, args).wait()
    }

    /// The same, begun.
    pub fn begin_afar(&self, bed: &Bed, token: &str, args: &[&str]) -> Running {
        let mut command = bed.command(args);
        command.env("PLIMSOLL_SERVER", self.url()).env("PLIMSOLL_TOKEN", token);
        Running::start(command, args)
    }

    /// A request with a body of JSON.
    pub fn http(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        self.send(method, path, &headers, body)
    }

    /// A request with these headers.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let limit = Some(Duration::from_secs(30));
        stream.set_read_timeout(limit).expect("a limit can be set");
        let headers: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("it answers");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("no status in {head}")),
            body: body.to_owned(),
        }
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("it has an address").port()
}

impl Bed {
    /// A token for `person` that may do this, for these services (all when empty).
    pub fn token(&self, person: &str, may: &str, service: &str) -> String {
        let name = format!("{person}-{}", self.events().len());
        let mut args = vec!["token", "create", &name, "--for", person, "--may", may];
        if !service.is_empty() {
            args.extend(["--service", service]);
        }
        args.extend(["--format", "json"]);
        let made = self.ok(&args).json();
        made["secret"].as_str().expect("the secret is shown once").to_owned()
    }
}
