//! A small service of real processes: each target is a server under a supervisor that starts it
//! again when it dies, as a site's service manager would.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::bed::{Bed, Output, wait_until};

use super::shop::promotion;

/// Answers `/version` and everything else, and behaves as its mode says. Perl is on every Debian.
const SERVER: &str = r#"
use strict; use IO::Socket::INET;
my ($port, $version, $mode) = @ARGV;
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 64, ReuseAddr => 1) or die "port $port: $!\n";
my $began = time; my @kept; my $served = 0;
my $bus = $mode =~ /^bus-(\d+)/ ? $1 : 0;
alarm 120; # never left behind for longer
while (1) {
    my $ready = ''; vec($ready, fileno($listen), 1) = 1;
    my $some = select(my $r = $ready, undef, undef, 0.05);
    kill BUS => $$ if $bus && time - $began >= $bus;
    next unless $some > 0;
    my $client = $listen->accept or next;
    my $first = <$client> // ''; while (my $line = <$client>) { last if $line =~ /^\r?\n/ }
    my $body = $first =~ m{ /version } ? $version : "well\n";
    $served++ if $body ne $version;
    my $size = 4_000_000;
    push @kept, 'x' x $size if $body ne $version && ($mode eq 'leak' || ($mode eq 'cache' && $served <= 8));
    print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
    close $client;
}
"#;

/// Starts the server again when it dies, counts that, and keeps how it ended. The memory is limited.
const SUPERVISE: &str = r#"
dir=$1 port=$2 version=$3 mode=$4; starts=0
ulimit -v 120000
trap 'kill $child 2>/dev/null; exit 0' TERM
while [ -d "$dir" ]; do
    echo "$starts" > "$dir/restarts"
    perl ./server.pl "$port" "$version" "$mode" & child=$!
    echo "$child" > "$dir/child.new"; mv "$dir/child.new" "$dir/child"
    if [ "$mode" = planned ] && [ "$starts" = 0 ]; then sleep 0.2; kill $child; fi
    wait $child; echo $? > "$dir/last-exit"
    case $mode in leak|cache) exit 0 ;; esac # not started again
    starts=$((starts + 1)); sleep 0.05
done
"#;

/// Ends the server that runs, starts that of the release, and waits until it answers.
const DEPLOY: &str = r#"
dir=run/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET; mkdir -p "$dir"
if [ -f "$dir/pid" ]; then
    kill "$(cat "$dir/pid")" 2>/dev/null
    for _ in $(seq 40); do curl -fs -o /dev/null "http://127.0.0.1:$1/" || break; sleep 0.05; done
fi
mode=$(cat "modes/$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_RELEASE" 2>/dev/null || echo steady)
setsid sh ./supervise "$dir" "$1" "$PLIMSOLL_RELEASE" "$mode" </dev/null >"$dir/log" 2>&1 &
echo $! > "$dir/pid"
for _ in $(seq 50); do curl -fsS -o /dev/null "http://127.0.0.1:$1/" 2>/dev/null && break; sleep 0.05; done
[ "$mode" != planned ] || sleep 0.6
"#;

/// Red when the server was started again more than once, and says how it had ended.
const RESTARTS: &str = r#"
dir=run/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET; restarts=$(cat "$dir/restarts")
[ "$restarts" -le 1 ] && exit 0
code=$(cat "$dir/last-exit")
[ "$code" -gt 128 ] && code="signal $((code - 128)), SIG$(kill -l $((code - 128)))"
echo "started again $restarts times, the last time ended by $code"; exit 1
"#;

/// What varies between the services.
pub struct Service<'a> {
    /// Rules of production's gate, one a line.
    pub gate: &'a str,
    /// `promotion:`.
    pub promotion: &'a str,
}

/// Staging and production, with the targets `nl` and `in` each.
pub struct Servers {
    /// Its folder.
    pub bed: Bed,
    ports: [u16; 4],
}

const PLACES: [(&str, &str); 4] =
    [("staging", "nl"), ("staging", "in"), ("production", "nl"), ("production", "in")];

impl Servers {
    /// Starts it, with release 1 everywhere, verified good.
    pub fn running(service: &Service<'_>) -> Self {
        Self::running_with(service, "restarts: { command: [./restarts] }")
    }

    /// The same, looked at by this check beside a question for its page.
    pub fn running_with(service: &Service<'_>, check: &str) -> Self {
        let ports = [free_port(), free_port(), free_port(), free_port()];
        let bed = Bed::new(&configuration(service, check, ports));
        bed.write("server.pl", SERVER);
        bed.write("supervise", SUPERVISE);
        bed.script("deploy", DEPLOY);
        bed.script("restarts", RESTARTS);
        let servers = Self { bed, ports };
        servers.staged("1", "steady");
        for (place, port) in PLACES.iter().zip(ports).skip(2) {
            let mut by_hand = Command::new("./deploy");
            by_hand.arg(port.to_string()).current_dir(servers.bed.root());
            by_hand.env("PLIMSOLL_ENVIRONMENT", place.0).env("PLIMSOLL_TARGET", place.1);
            by_hand.env("PLIMSOLL_RELEASE", "1");
            assert!(by_hand.status().expect("it runs").success());
        }
        servers.bed.ok(&["adopt", "shop@1", "--on", "production"]);
        servers
    }

    /// How a release behaves in an environment; steady unless told.
    pub fn behaves(&self, environment: &str, version: &str, mode: &str) {
        self.bed.write(&format!("modes/{environment}-{version}"), mode);
    }

    /// Adds a release, and has it on staging.
    pub fn on_staging(&self, version: &str, mode: &str) {
        self.bed.add(&format!("shop@{version}"), &[("server.pl", version)]).expect(0);
        self.behaves("staging", version, mode);
        self.bed.ok(&["deploy", &format!("shop@{version}"), "--to", "staging"]);
    }

    /// Adds a release, has it on staging and checked there; all must be well.
    pub fn staged(&self, version: &str, mode: &str) {
        self.on_staging(version, mode);
        self.verify(version).expect(0);
    }

    /// Has a release checked on staging.
    pub fn verify(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.run(&["verify", &release, "--on", "staging", "--format", "json"])
    }

    /// Asks the gate of production.
    pub fn gate(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.run(&["gate", &release, "--to", "production", "--format", "json"])
    }

    /// Promotes a release to production.
    pub fn promote(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.run(&promotion(&release))
    }

    /// What a server answers, asked without plimsoll; empty when nobody answers.
    pub fn asked(&self, environment: &str, target: &str, path: &str) -> String {
        let at = PLACES.iter().position(|place| *place == (environment, target));
        let port = self.ports[at.expect("it is one of the places")];
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
        let mut answer = String::new();
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let _ = stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
        let _ = stream.read_to_string(&mut answer);
        answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
    }

    /// Waits until a server was started again so often.
    #[track_caller]
    pub fn wait_for_restarts(&self, environment: &str, target: &str, times: u32) {
        wait_until("it was started again", Duration::from_secs(15), || {
            let restarts = self.bed.read(&format!("run/{environment}/{target}/restarts"));
            restarts.trim().parse::<u32>().is_ok_and(|restarts| restarts >= times)
        });
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for (environment, target) in PLACES {
            // Its supervisor leads a session of its own, so the group is its and its server's.
            let pid = self.bed.read(&format!("run/{environment}/{target}/pid"));
            if let Some(pid) = pid.trim().parse().ok().and_then(Pid::from_raw) {
                let _ = kill_process_group(pid, Signal::KILL);
            }
        }
    }
}

fn configuration(service: &Service<'_>, check: &str, ports: [u16; 4]) -> String {
    let target = |at: usize| {
        let (name, port) = (PLACES[at].1, ports[at]);
        format!("{name}: {{ url: \"http://127.0.0.1:{port}\", vars: {{ port: \"{port}\" }} }}")
    };
    let gate: String =
        service.gate.lines().map(|line| format!("        {}\n", line.trim())).collect();
    format!(
        r#"
services:
  shop:
    environments:
      staging:
        targets:
          {}
          {}
      production:
        after: staging
        targets:
          {}
          {}
    platforms:
      vm:
        deploy: {{ command: {{ run: [./deploy, "{{{{ target.vars.port }}}}"], prove: ["true"] }} }}
        observe: {{ http: /version, within: 3s }}
    checks:
      answers: {{ http: {{ path: /, contains: well }} }}
      {check}
    gates:
      production:
{gate}    promotion: {}
"#,
        target(0),
        target(1),
        target(2),
        target(3),
        service.promotion,
    )
}

fn free_port() -> u16 {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    address.map(|address| address.port()).expect("a free port")
}
