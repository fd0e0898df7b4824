//! A shop of static sites behind a real nginx: staging and production, each site on each platform,
//! deployed to by switching a link.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::bed::{Bed, Nginx, Output};

use super::answer;

/// How a platform is deployed to, unless a layout says otherwise.
pub const FILES: &str =
    r#"{ deploy: { files: { root: "world/{{ environment.name }}/{{ target.name }}" } } }"#;

/// The server of all sites: one folder for each environment and target.
const SERVER: &str = "types { text/html html; text/css css; application/json json; }";

/// What varies between the shops.
pub struct Layout<'a> {
    /// The sites.
    pub sites: &'a [&'a str],
    /// The platforms, and how each is deployed to.
    pub platforms: &'a [(&'a str, &'a str)],
    /// `checks:`, one a line.
    pub checks: &'a str,
    /// Rules of production's gate, one a line.
    pub gate: &'a str,
    /// `promotion:`.
    pub promotion: &'a str,
    /// What stands beside `services:`.
    pub beside: &'a str,
    /// Whether a target is served from the folder of its site.
    pub folder_of_site: bool,
}

impl Default for Layout<'_> {
    fn default() -> Self {
        Self {
            sites: &["nl", "in"],
            platforms: &[("vm", FILES)],
            checks: r#"page: { http: { path: /, contains: "<h1>" } }"#,
            gate: "- evidence: { max-age: 24h }",
            promotion: "{ soak: 0s }",
            beside: "",
            folder_of_site: false,
        }
    }
}

/// A shop, its folder and its server.
pub struct Shop {
    /// Its folder.
    pub bed: Bed,
    /// Its server.
    pub web: Nginx,
    targets: Vec<String>,
}

/// The page of a release of which nothing else matters.
pub const PAGE: &[(&str, &str)] = &[("index.html", "<h1>shop</h1>")];

impl Shop {
    /// Opens it, with nothing deployed.
    pub fn open(layout: &Layout<'_>) -> Self {
        let bed = Bed::new("");
        let server = server(&bed, "");
        let web = Nginx::start(&[("all", &server)]);
        let mut targets = Vec::new();
        for site in layout.sites {
            for (platform, _) in layout.platforms {
                targets.push(format!("{site}-{platform}"));
            }
        }
        let shop = Self { bed, web, targets };
        shop.configure(layout);
        shop
    }

    /// Opens it, with release 1 everywhere, verified good.
    pub fn running(layout: &Layout<'_>) -> Self {
        let shop = Self::open(layout);
        shop.add("1", PAGE);
        shop.staged("1");
        shop.adopt("1");
        shop
    }

    /// Writes the configuration anew.
    pub fn configure(&self, layout: &Layout<'_>) {
        let environment = |environment: &str| -> String {
            let mut lines = String::new();
            for site in layout.sites {
                for (platform, _) in layout.platforms {
                    let folder =
                        if layout.folder_of_site { format!("/{site}") } else { String::new() };
                    lines.push_str(&format!(
                        "          {site}-{platform}: {{ site: {site}, platform: {platform}, url: \"{}/{environment}/{site}-{platform}/current{folder}\" }}\n",
                        self.web.url("all"),
                    ));
                }
            }
            lines
        };
        let platforms: String =
            layout.platforms.iter().map(|(name, how)| format!("      {name}: {how}\n")).collect();
        let indented = |text: &str, by: usize| -> String {
            text.lines().map(|line| format!("{}{}\n", " ".repeat(by), line.trim_end())).collect()
        };
        self.bed.write(
            "plimsoll.yaml",
            format!(
                "services:\n  shop:\n    environments:\n      staging:\n        targets:\n{}      production:\n        after: staging\n        targets:\n{}    platforms:\n{platforms}    checks:\n{}    gates:\n      production:\n{}    promotion: {}\n{}",
                environment("staging"),
                environment("production"),
                indented(layout.checks, 6),
                indented(layout.gate, 8),
                layout.promotion,
                layout.beside,
            ),
        );
        self.bed.ok(&["check"]);
    }

    /// Gives the server something more to say.
    pub fn serve_with(&mut self, more: &str) {
        let server = server(&self.bed, more);
        self.web.configure("all", &server);
    }

    /// Names a release: one directory.
    pub fn add(&self, version: &str, files: &[(&str, &str)]) {
        self.bed.add(&format!("shop@{version}"), files).expect(0);
    }

    /// Deploys a release to staging and has it checked there; all must be well.
    pub fn staged(&self, version: &str) {
        self.on_staging(version);
        self.verify(version).expect(0);
    }

    /// Deploys a release to staging.
    pub fn on_staging(&self, version: &str) {
        self.bed.ok(&["deploy", &format!("shop@{version}"), "--to", "staging"]);
    }

    /// Has a release checked on staging.
    pub fn verify(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.bed.run(&["verify", &release, "--on", "staging", "--format", "json"])
    }

    /// Takes in what somebody had put on production before there was a plimsoll: the same as on
    /// staging.
    pub fn adopt(&self, version: &str) {
        for target in &self.targets {
            self.put_by_hand(version, target);
        }
        self.bed.ok(&["adopt", &format!("shop@{version}"), "--on", "production"]);
    }

    /// Puts a version on a target of production, past plimsoll.
    pub fn put_by_hand(&self, version: &str, target: &str) {
        let root = self.bed.path(&format!("world/production/{target}"));
        std::fs::create_dir_all(root.join("releases")).expect("folders can be made");
        let from = self.bed.path(&format!("world/staging/{target}/releases/{version}"));
        if !root.join("releases").join(version).exists() {
            let mut copy = Command::new("cp");
            copy.arg("-a").arg(from).arg(root.join("releases"));
            assert!(copy.status().expect("cp runs").success());
        }
        let _ = std::fs::remove_file(root.join("current"));
        symlink(format!("releases/{version}"), root.join("current")).expect("a link can be made");
    }

    /// Asks the gate of production for its decision; as text it says the same.
    pub fn gate(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        let asked = self.bed.run(&["gate", &release, "--to", "production", "--format", "json"]);
        let text = self.bed.run(&["gate", &release, "--to", "production"]);
        assert_eq!(asked.code, text.code, "{}{}", asked.whole(), text.whole());
        for line in answer::unmet(&asked.json()) {
            let target = line.split(' ').nth(1).and_then(|target| target.rsplit('/').next());
            let target = target.filter(|target| *target != "-").unwrap_or("Refused");
            assert!(text.stdout.contains(target), "no {target:?} in {}", text.whole());
        }
        asked
    }

    /// Promotes a release to production.
    pub fn promote(&self, version: &str) -> Output {
        self.promote_with(version, &[])
    }

    /// Promotes a release to production, with further arguments.
    pub fn promote_with(&self, version: &str, more: &[&str]) -> Output {
        let release = format!("shop@{version}");
        let mut args = promotion(&release).to_vec();
        args.extend(more);
        self.bed.run(&args)
    }

    /// The version that the link of a target says, looked at without plimsoll.
    pub fn runs(&self, environment: &str, target: &str) -> String {
        let link = self.bed.path(&format!("world/{environment}/{target}/current"));
        let to = std::fs::read_link(link).unwrap_or_default();
        to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// What happened, whole.
    pub fn history(&self) -> String {
        self.bed.ok(&["history", "--all", "--limit", "500"]).stdout
    }
}

/// The arguments of a confirmed promotion to production, answered as JSON.
pub fn promotion(release: &str) -> [&str; 8] {
    ["promote", release, "--to", "production", "--confirm", "shop/production", "--format", "json"]
}

fn server(bed: &Bed, more: &str) -> String {
    format!("root {}; {SERVER} {more}", bed.path("world").display())
}
