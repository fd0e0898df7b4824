//! The world of `examples/line`, with its real nginx.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn line() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/line")
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().expect("it can be started");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The twelve sites; stopped when the test ends, however it ends.
struct World(tempfile::TempDir);

impl World {
    fn start() -> Self {
        // A space, because somebody's home has one.
        let world = Self(tempfile::Builder::new().prefix("a world ").tempdir().expect("a folder"));
        world.run("start");
        world
    }

    fn run(&self, verb: &str) -> String {
        succeed(Command::new(line().join("world.sh")).arg(verb).arg(self.0.path()))
    }

    fn sites(&self) -> Vec<(String, String)> {
        let lines = self.run("where");
        let pairs = lines.lines().filter_map(|line| line.split_once(' '));
        pairs.map(|(name, url)| (name.to_owned(), url.to_owned())).collect()
    }

    fn status(url: &str) -> String {
        let write =
            ["--silent", "--output", "/dev/null", "--write-out", "%{http_code} %{content_type}"];
        let output = Command::new("curl").args(write).arg(url).output().expect("curl is there");
        String::from_utf8(output.stdout).expect("text")
    }

    fn serve(&self, name: &str, version: &str) {
        let root = self.0.path().join(name);
        succeed(Command::new(line().join("planet4/build.sh")).arg(version).arg(root.join(version)));
        let link = root.join("current");
        if link.is_symlink() {
            fs::remove_file(&link).expect("removed");
        }
        std::os::unix::fs::symlink(version, link).expect("linked");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = Command::new(line().join("world.sh")).arg("stop").arg(self.0.path()).output();
    }
}

#[test]
fn twelve_sites_answer_and_stop_and_come_back_on_the_same_ports() {
    let world = World::start();
    let sites = world.sites();
    assert_eq!(sites.len(), 12);
    for (name, url) in &sites {
        assert!(World::status(url).starts_with("404"), "{name} serves nothing yet");
        world.serve(name, "1.22");
        assert_eq!(World::status(url), "200 text/html; charset=utf-8", "{name}");
        assert_eq!(World::status(&format!("{url}/static/style.css")), "200 text/css", "{name}");
    }
    world.run("stop");
    assert!(sites.iter().all(|(_, url)| World::status(url).starts_with("000")), "nobody answers");
    world.run("start");
    assert_eq!(world.sites(), sites);
    assert!(sites.iter().all(|(_, url)| World::status(url).starts_with("200")));
}

#[test]
fn release_1_23_lacks_one_style_sheet_on_one_stack_and_the_page_answers_all_the_same() {
    let world = World::start();
    for (name, url) in world.sites().iter().filter(|(name, _)| name.starts_with("staging/")) {
        world.serve(name, "1.23");
        assert!(World::status(url).starts_with("200"), "{name}");
        let expected = if name == "staging/nl-k8s" { "404" } else { "200" };
        assert!(World::status(&format!("{url}/static/style.css")).starts_with(expected), "{name}");
        world.serve(name, "1.23.1");
        assert!(World::status(&format!("{url}/static/style.css")).starts_with("200"), "{name}");
    }
}

#[test]
fn the_link_check_writes_a_test_for_each_page_and_finds_a_dead_link() {
    let world = World::start();
    let (name, url) = world.sites().remove(0);
    world.serve(&name, "1.24");
    let file = world.0.path().join("links.xml");
    let check = || {
        let script = line().join("checks/links.sh");
        let status =
            Command::new("bash").arg(script).arg(&url).arg(&file).status().expect("bash is there");
        (status.success(), fs::read_to_string(&file).expect("written"))
    };
    let (passed, said) = check();
    assert!(passed && said.contains(r#"tests="3" failures="0""#), "{said}");
    let donate = world.0.path().join(&name).join("1.24/sites/nl/vm/donate/index.html");
    fs::remove_file(donate).expect("removed");
    let (passed, said) = check();
    assert!(!passed && said.contains("/donate/ answers"), "{said}");
}
