//! A real nginx on free ports of 127.0.0.1, stopped with the test, whatever becomes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// An nginx with named sites, each on a port of its own.
pub struct Nginx {
    dir: TempDir,
    sites: BTreeMap<String, Site>,
    process: Option<Child>,
}

struct Site {
    port: u16,
    body: String,
}

impl Nginx {
    /// Starts it with sites: a name, and what stands in its `server { … }` beside `listen`.
    ///
    /// # Panics
    /// When nginx is not installed or does not start.
    pub fn start(sites: &[(&str, &str)]) -> Self {
        let dir = tempfile::Builder::new().prefix("plimsoll-nginx-").tempdir().expect("a folder");
        let mut nginx = Self { dir, sites: BTreeMap::new(), process: None };
        // A free port may be somebody else's a moment later.
        for _ in 0..5 {
            for (name, body) in sites {
                let site = Site { port: free_port(), body: (*body).to_owned() };
                nginx.sites.insert((*name).to_owned(), site);
            }
            if nginx.try_serve() {
                return nginx;
            }
        }
        panic!("nginx does not start (apt-get install nginx-light): {}", nginx.log());
    }

    /// Where a site answers.
    pub fn url(&self, site: &str) -> String {
        format!("http://127.0.0.1:{}", self.port(site))
    }

    /// The port of a site.
    pub fn port(&self, site: &str) -> u16 {
        self.sites[site].port
    }

    /// Gives a site another body, and restarts on the same ports.
    pub fn configure(&mut self, site: &str, body: &str) {
        body.clone_into(&mut self.sites.get_mut(site).expect("it is one of the sites").body);
        self.stop();
        self.serve();
    }

    /// Serves again after [`Nginx::stop`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn serve(&mut self) {
        assert!(self.try_serve(), "nginx does not start: {}", self.log());
    }

    /// Stops it; every port refuses from now on.
    pub fn stop(&mut self) {
        if let Some(mut watch) = self.process.take() {
            drop(watch.stdin.take());
            let _ = watch.wait();
        }
    }

    /// What it wrote about itself.
    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("error.log")).unwrap_or_default()
    }

    fn try_serve(&mut self) -> bool {
        fs::write(self.dir.path().join("nginx.conf"), self.configuration())
            .expect("it can be written");
        // The shell ends nginx when its input ends: when this value is dropped, and also when the
        // whole test is killed.
        let script = r#"nginx -p "$0" -e "$0/error.log" -c "$0/nginx.conf" & pid=$!
            read -r _; kill -TERM "$pid" 2>/dev/null; wait "$pid""#;
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(self.dir.path()).process_group(0);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().expect("sh runs"));
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(5) {
            if self.sites.values().all(|site| TcpStream::connect(("127.0.0.1", site.port)).is_ok())
                && !self.failed()
            {
                return true;
            }
            if self.failed() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.stop();
        false
    }

    /// Somebody else may answer on the port instead.
    fn failed(&self) -> bool {
        self.log().contains("[emerg]")
    }

    fn configuration(&self) -> String {
        let dir = self.dir.path().display();
        let mut servers = String::new();
        for site in self.sites.values() {
            let tls = if site.body.contains("ssl_certificate ") { " ssl" } else { "" };
            let Site { port, body } = site;
            writeln!(servers, "  server {{ listen 127.0.0.1:{port}{tls}; {body} }}")
                .expect("a string grows");
        }
        // One process: nothing to lose track of, and files are read as whoever runs the test.
        format!(
            "daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log warn;\n\
             events {{ worker_connections 128; }}\n\
             http {{\n  access_log off; default_type text/html;\n\
             client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;\n\
             uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;\n{servers}}}\n"
        )
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_port() -> u16 {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    address.map(|address| address.port()).expect("a free port")
}
