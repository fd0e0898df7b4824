//! The pages of a server as a browser shows them, looked at by page checks: on a phone and on a desk,
//! by day and by night.

use crate::bed::{Bed, Line, Server, line, promotion};

/// The pages, each with words that must be seen.
const PAGES: [(&str, &str, &str); 11] = [
    ("board", "/", "What waits|shop"),
    ("service", "/services/shop", "What runs where"),
    ("release", "/releases/shop@1.1", "shop@1.1"),
    ("gate", "/gate/shop@1.1/production", "shop@1.1"),
    ("target", "/targets/shop/production/nl", "Verified good here"),
    ("history", "/history", "promotion began"),
    ("calendar", "/calendar", "Of the last 30 days"),
    ("configuration", "/configuration", "1 service"),
    ("understood", "/configuration/shop", "shop"),
    ("signing", "/sign-in", "Sign in"),
    ("marks", "/marks", "What the marks mean"),
];

#[test]
fn every_page_of_a_server_passes_a_page_check_on_a_phone_and_in_the_dark() {
    let bed = line(Line::default());
    bed.ready();
    bed.run(&promotion("shop@1.1")).expect(0);
    let server = Server::start(&bed);

    let mut checks = String::new();
    for (name, path, words) in PAGES {
        for colours in ["light", "dark"] {
            checks.push_str(&format!(
                "      {name}-{colours}: {{ page: {{ path: \"{path}\", viewports: [phone, desktop], colours: {colours}, matches: \"{words}\", elements: \"main h1\", script-errors: all }} }}\n"
            ));
        }
    }
    let looker = Bed::new(&format!(
        r#"
services:
  plimsoll:
    environments:
      here:
        targets:
          server: {{ platform: program, url: "{url}" }}
    platforms:
      program:
        deploy: {{ command: ["true"] }}
        observe: {{ file: program }}
    checks:
{checks}"#,
        url = server.url(),
    ));
    looker.write("program", "1");
    looker.ok(&["release", "add", "plimsoll@1", "program"]);
    looker.run(&["deploy", "plimsoll@1", "--to", "here"]).expect(0);
    let verified = looker.run(&["verify", "plimsoll@1", "--on", "here"]);
    assert_eq!(verified.code, Some(0), "{}", verified.whole());
}
