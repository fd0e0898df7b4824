//! The line that most scenarios use: one service, staging and production, a target that is deployed
//! to by switching a link and one that is deployed to by a command, in two waves.

use super::{Bed, Output};

/// What varies between the lines.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// How long each wave is watched.
    pub soak: &'static str,
    /// How many seconds the deploy command sleeps before its effect.
    pub deploy_sleeps: &'static str,
    /// What the check command is, as YAML.
    pub check: &'static str,
}

impl Default for Line {
    fn default() -> Self {
        Self { soak: "0s", deploy_sleeps: "0", check: "[./look]" }
    }
}

/// The deploy command: notes each run, then has its effect.
const DEPLOY: &str = r#"
echo "$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET $PLIMSOLL_RELEASE" >> deploys.log
[ "$1" = 0 ] || sleep "$1"
mkdir -p "world/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET"
printf %s "$PLIMSOLL_RELEASE" > "world/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET/version.new"
mv "world/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET/version.new" "world/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET/version"
"#;

/// The check: red where a file `broken-ENVIRONMENT-TARGET` is.
const LOOK: &str = r#"
[ ! -e "broken-$PLIMSOLL_ENVIRONMENT-$PLIMSOLL_TARGET" ] || { echo "it is broken"; exit 1; }
"#;

/// A bed with the line in it, and nothing deployed.
pub fn line(line: Line) -> Bed {
    // One after the other: a process that kills itself at a boundary of one deployment is not in the
    // middle of another.
    let bed = Bed::new(&format!(
        r#"
limits: {{ deployments-at-once: 1 }}
services:
  shop:
    environments:
      staging:
        targets:
          nl: {{ platform: vm }}
          in: {{ platform: hands }}
      production:
        after: staging
        targets:
          nl: {{ platform: vm }}
          in: {{ platform: hands }}
    platforms:
      vm: {{ deploy: {{ files: {{ root: "world/{{{{ environment.name }}}}/{{{{ target.name }}}}" }} }} }}
      hands:
        deploy: {{ command: [./deploy, "{sleeps}"] }}
        observe: {{ file: "world/{{{{ environment.name }}}}/{{{{ target.name }}}}/version", within: 1s }}
    checks:
      page: {{ command: {check} }}
    gates:
      production:
        - evidence: {{ max-age: 24h }}
    promotion: {{ waves: [[nl], rest], soak: {soak}, on-regression: roll-back }}
"#,
        sleeps = line.deploy_sleeps,
        check = line.check,
        soak = line.soak,
    ));
    bed.script("deploy", DEPLOY);
    bed.script("look", LOOK);
    bed
}

impl Bed {
    /// Releases 1.0 and 1.1; 1.0 runs everywhere and is verified good, 1.1 has come through staging.
    pub fn ready(&self) {
        self.running_everywhere("1.0");
        self.on_staging("1.1");
    }

    /// Adds a release of `shop`, and has it on staging and production, verified good.
    pub fn running_everywhere(&self, version: &str) {
        let release = format!("shop@{version}");
        self.on_staging(version);
        // Production is set up by hand, as with those who come with one that runs already.
        self.put_by_hand(version);
        self.ok(&["adopt", &release, "--on", "production"]);
    }

    /// Adds a release of `shop`, and has it on staging, verified good.
    pub fn on_staging(&self, version: &str) {
        let release = format!("shop@{version}");
        self.add(&release, &[("index.html", version)]).expect(0);
        self.ok(&["deploy", &release, "--to", "staging"]);
        self.ok(&["verify", &release, "--on", "staging"]);
    }

    /// What somebody put on production before there was a plimsoll.
    pub fn put_by_hand(&self, version: &str) {
        self.write("world/production/in/version", version);
        // The same layout as on staging, where it was just deployed.
        let copied = std::process::Command::new("cp")
            .args(["-a", "world/staging/nl", "world/production/nl"])
            .current_dir(self.root())
            .status()
            .expect("cp runs");
        assert!(copied.success());
    }

    /// `promote shop@VERSION --to production`, confirmed.
    pub fn promote(&self, version: &str) -> Output {
        let release = format!("shop@{version}");
        self.run(&promotion(&release))
    }

    /// The version that runs on a target, looked at without plimsoll.
    pub fn runs(&self, environment: &str, target: &str) -> String {
        match target {
            "nl" => self.read(&format!("world/{environment}/nl/current/index.html")),
            _ => self.read(&format!("world/{environment}/{target}/version")),
        }
    }

    /// The lines of the deploy command's log, from line `from` on.
    pub fn deploys_since(&self, from: usize) -> Vec<String> {
        self.read("deploys.log").lines().skip(from).map(str::to_owned).collect()
    }
}

/// The arguments of a confirmed promotion to production.
pub fn promotion(release: &str) -> [&str; 6] {
    ["promote", release, "--to", "production", "--confirm", "shop/production"]
}
