//! F10: a certificate that ends soon, is for another name, or comes with a broken chain.

use std::path::Path;
use std::process::Command;

use super::answer::{allows, refuses_exactly};
use crate::bed::{Bed, Nginx, Output};

const CA: &str = r"
[ca]
default_ca = d
[d]
dir = .
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = p
unique_subject = no
copy_extensions = copy
[p]
commonName = supplied
[authority]
basicConstraints = critical,CA:true
";

/// A root, an intermediate, and what they sign, made by openssl in a folder.
struct Authority<'a>(&'a Path);

impl Authority<'_> {
    fn new(dir: &Path) -> Authority<'_> {
        std::fs::create_dir_all(dir).expect("a folder");
        std::fs::write(dir.join("ca.cnf"), CA).expect("written");
        std::fs::write(dir.join("index.txt"), "").expect("written");
        let authority = Authority(dir);
        authority.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 3650 -subj /CN=Root",
        );
        authority.request("middle", "Middle", "");
        authority.openssl(
            "ca -batch -notext -config ca.cnf -extensions authority -keyfile root.key -cert root.pem -in middle.csr -out middle.pem -days 1000",
        );
        authority
    }

    fn openssl(&self, args: &str) -> String {
        let ran = Command::new("openssl")
            .args(args.split(' '))
            .current_dir(self.0)
            .output()
            .expect("openssl runs");
        assert!(ran.status.success(), "{args}: {}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).into_owned()
    }

    fn request(&self, file: &str, name: &str, more: &str) {
        self.openssl(&format!(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {file}.key -out {file}.csr -subj /CN={name}{more}"
        ));
    }

    /// A certificate for `host`, valid from and to so many days from now, and the chain with it.
    fn sign(&self, file: &str, host: &str, days: (i64, i64), with_chain: bool) {
        self.request(file, host, &format!(" -addext subjectAltName=DNS:{host}"));
        let moment = |days: i64| {
            let mut date = Command::new("date");
            date.args([
                "-u",
                &format!("--date={days} days {} hour", days.signum()),
                "+%Y%m%d%H%M%SZ",
            ]);
            let said = date.output().expect("date runs").stdout;
            String::from_utf8(said).expect("text").trim().to_owned()
        };
        self.openssl(&format!(
            "ca -batch -notext -config ca.cnf -keyfile middle.key -cert middle.pem -in {file}.csr -out {file}.leaf -startdate {} -enddate {}",
            moment(days.0),
            moment(days.1),
        ));
        let read = |name: &str| std::fs::read_to_string(self.0.join(name)).expect("it was written");
        let chain = if with_chain { read("middle.pem") } else { String::new() };
        std::fs::write(self.0.join(format!("{file}.pem")), read(&format!("{file}.leaf")) + &chain)
            .expect("written");
    }

    /// A certificate that is its own issuer; gives its fingerprint.
    fn self_signed(&self, file: &str) -> String {
        self.openssl(&format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {file}.key -out {file}.pem -days 60 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
        ));
        let said = self.openssl(&format!("x509 -in {file}.pem -noout -fingerprint -sha256"));
        said.trim().rsplit('=').next().expect("a fingerprint").replace(':', "").to_lowercase()
    }
}

const SITES: [&str; 6] = ["good", "soon", "other", "chain", "ended", "own"];

struct Sites {
    bed: Bed,
    web: Nginx,
}

impl Sites {
    /// Six sites, all well, with release 1 on staging and production and 2 on staging.
    fn new() -> Self {
        let bed = Bed::new("");
        let certificates = bed.path("tls");
        let authority = Authority::new(&certificates);
        for site in &SITES[..5] {
            authority.sign(site, "localhost", (-1, 60), true);
        }
        let pinned = authority.self_signed("own");
        let bodies: Vec<String> = SITES.iter().map(|site| body(&certificates, site)).collect();
        let servers: Vec<(&str, &str)> =
            SITES.iter().copied().zip(bodies.iter().map(String::as_str)).collect();
        let web = Nginx::start(&servers);
        let targets: String = SITES
            .iter()
            .map(|site| {
                format!("          {site}: {{ url: \"https://localhost:{}\" }}\n", web.port(site))
            })
            .collect();
        bed.write(
            "plimsoll.yaml",
            format!(
                r#"
services:
  shop:
    environments:
      staging:
        targets:
{targets}      production:
        after: staging
        targets:
{targets}    platforms:
      web:
        deploy: {{ command: {{ run: [./put], prove: ["true"] }} }}
        observe: {{ file: "runs/{{{{ environment.name }}}}-{{{{ target.name }}}}" }}
    checks:
      certificate:
        http: {{ path: /, tls: {{ min-days-left: 21, ca-file: tls/root.pem }} }}
        only: {{ sites: [good, soon, other, chain, ended] }}
      declared:
        http: {{ path: /, tls: {{ min-days-left: 21, pinned-sha256: "{pinned}" }} }}
        only: {{ sites: own }}
"#
            ),
        );
        bed.script("put", r#"mkdir -p runs; echo "$PLIMSOLL_RELEASE" > "runs/$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_TARGET""#);
        let sites = Self { bed, web };
        sites.staged("1").expect(0);
        for site in SITES {
            sites.bed.write(&format!("runs/production-{site}"), "1");
        }
        sites.bed.ok(&["adopt", "shop@1", "--on", "production"]);
        sites
    }

    fn staged(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.add(&release, &[("app", version)]).expect(0);
        self.bed.ok(&["deploy", &release, "--to", "staging"]);
        self.bed.run(&["verify", &release, "--on", "staging"])
    }

    fn gate(&self, version: &str) -> Output {
        self.bed.run(&[
            "gate",
            &format!("shop@{version}"),
            "--to",
            "production",
            "--format",
            "json",
        ])
    }

    /// Reads the certificates again.
    fn reload(&mut self) {
        self.web.stop();
        self.web.serve();
    }
}

fn body(certificates: &Path, site: &str) -> String {
    let dir = certificates.display();
    format!(
        "ssl_certificate {dir}/{site}.pem; ssl_certificate_key {dir}/{site}.key; location / {{ return 200 well; }}"
    )
}

#[test]
fn each_bad_certificate_is_refused_on_its_own_target_with_days_name_or_missing_issuer() {
    let mut sites = Sites::new();
    let certificates = sites.bed.path("tls");
    let authority = Authority(&certificates);
    authority.sign("soon", "localhost", (-80, 5), true);
    authority.sign("other", "in.cluster.example", (-1, 60), true);
    authority.sign("chain", "localhost", (-1, 60), false);
    authority.sign("ended", "localhost", (-90, -3), true);
    sites.reload();
    sites.staged("2").expect(10);
    let line = |site: &str| format!("evidence shop/staging/{site} certificate failed");
    let mend = "mend what both have in common";
    refuses_exactly(
        &sites.gate("2"),
        10,
        &[
            (&line("soon"), &["ends in 5 d", "at least 21 days"], mend),
            (&line("other"), &["is for in.cluster.example", "not localhost"], mend),
            (&line("chain"), &["the issuer «CN=Middle» was not sent"], mend),
            (&line("ended"), &["ended 3 d"], mend),
        ],
    );
    assert_eq!(sites.bed.read("runs/production-good"), "1");

    // The twins: renewed with a new key, by a new issuer of the same root, for 60 days; and a
    // self-signed one that is declared, which was never refused.
    authority.request("middle", "Middle-2", "");
    authority.openssl(
        "ca -batch -notext -config ca.cnf -extensions authority -keyfile root.key -cert root.pem -in middle.csr -out middle.pem -days 1000",
    );
    for site in ["soon", "other", "chain", "ended"] {
        authority.sign(site, "localhost", (-1, 60), true);
    }
    sites.reload();
    sites.bed.ok(&["verify", "shop@2", "--on", "staging"]);
    allows(&sites.gate("2"));
    let release = super::shop::promotion("shop@2");
    assert_eq!(sites.bed.ok(&release).json()["state"], "verified-good");
}

#[test]
fn a_self_signed_certificate_that_is_not_the_declared_one_is_refused() {
    let mut sites = Sites::new();
    let certificates = sites.bed.path("tls");
    Authority(&certificates).self_signed("own");
    Authority(&certificates).self_signed("good");
    sites.reload();
    sites.staged("2").expect(10);
    refuses_exactly(
        &sites.gate("2"),
        10,
        &[
            ("evidence shop/staging/own declared failed", &["not the pinned"], ""),
            (
                "evidence shop/staging/good certificate failed",
                &["self-signed", "pin it if that is meant"],
                "",
            ),
        ],
    );
}
