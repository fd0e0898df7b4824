//! A first file for `plimsoll init`.

use std::fmt::Write;

/// What is known when a first file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starter {
    /// The name of the service.
    pub service: String,
    /// Its sites; an example when there is none.
    pub sites: Vec<StarterSite>,
    /// Whether there is a browser to look at pages with.
    pub browser: bool,
}

/// A site and where it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StarterSite {
    /// Its name.
    pub name: String,
    /// Its address on staging.
    pub staging_url: Option<String>,
    /// Its address in production.
    pub production_url: Option<String>,
}

const HEAD: &str = "\
# What is released, where it runs, what is looked at, and what is asked before production.
#   plimsoll check                          is this file right?
#   plimsoll adopt SERVICE@VERSION --on production
#                                           take in what runs there now: the first way back
# Every key:  plimsoll check --schema   (for your editor), or docs/configuration.md of plimsoll
services:
";

const BODY: &str = r#"    platforms:
      web:
        # A program and its arguments, one item each; it never goes through a shell.
        deploy: { command: [./deploy, "{{ environment.name }}", "{{ target.name }}", "{{ release.version }}"] }
        # Which version really runs: evidence counts for that one only.
        observe: { http: { path: /version } }
    checks:
CHECKS    gates:
      production:
        - evidence: { max-age: 24h }
        - soak: 30m
    promotion: { soak: 5m, on-regression: roll-back }
"#;

/// Where there is a browser.
const LOOKED_AT: &str = "\
      # The page as a browser shows it: all of it there, and looking as production does.
      home: { page: / }
      # Only that it answers.
      answers: { http: { path: /, status: 200 }, within: 10s }
";

/// Where there is none yet.
const ASKED: &str = "\
      # Only that it answers.
      answers: { http: { path: /, status: 200 }, within: 10s }
      # The page as a browser shows it: all of it there, and looking as production does. It needs chromium
      # on this machine (apt-get install --no-install-recommends chromium fonts-dejavu-core), then:
      # home: { page: / }
";

/// A first file, with comments, that [`load`](crate::load) accepts. Names are made to fit.
#[must_use]
pub fn starter(starter: &Starter) -> String {
    let mut sites = starter.sites.clone();
    if sites.iter().all(|site| site.staging_url.is_none() && site.production_url.is_none()) {
        sites = vec![example_site()];
    }
    let mut text = HEAD.replace("SERVICE", &fit(&starter.service));
    let _ = writeln!(text, "  {}:\n    environments:", fit(&starter.service));
    text.push_str("      staging:\n        targets:");
    targets(&mut text, &sites, |site| site.staging_url.as_deref());
    text.push_str("      production:\n        after: staging  # each target is stood for by the one of the same site there\n        targets:");
    targets(&mut text, &sites, |site| site.production_url.as_deref());
    text.push_str(&BODY.replace("CHECKS", if starter.browser { LOOKED_AT } else { ASKED }));
    text
}

fn example_site() -> StarterSite {
    StarterSite {
        name: "main".to_owned(),
        staging_url: Some("http://127.0.0.1:8081".to_owned()),
        production_url: Some("http://127.0.0.1:8080".to_owned()),
    }
}

fn targets<'a>(
    text: &mut String,
    sites: &'a [StarterSite],
    url: impl Fn(&'a StarterSite) -> Option<&'a str>,
) {
    let mut taken = std::collections::BTreeSet::new();
    let with: Vec<_> =
        sites.iter().filter_map(|site| Some((fit(&site.name), url(site)?))).collect();
    text.push_str(if with.is_empty() {
        " {}  # add  NAME: { url: … }  for each site\n"
    } else {
        "\n"
    });
    for (name, url) in with {
        if taken.insert(name.clone()) {
            let quoted = serde_json::Value::from(url).to_string();
            let _ = writeln!(text, "          {name}: {{ url: {quoted} }}");
        }
    }
}

/// The name that is nearest to a text.
fn fit(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' };
    let name: String = text.chars().map(allowed).take(63).collect();
    let name = name.trim_matches(['-', '_']);
    if name.is_empty() { "site".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn loaded(text: &str) -> crate::Loaded {
        let main = Path::new("plimsoll.yaml");
        crate::load_texts(main, [("plimsoll.yaml", text)]).unwrap_or_else(|errors| {
            panic!("{}\n{text}", crate::render_all(&errors, false));
        })
    }

    #[test]
    fn a_first_file_is_loaded_without_a_warning_and_leads_to_adopt() {
        let site = |name: &str| StarterSite {
            name: name.into(),
            staging_url: Some(format!("http://{name}.staging.example/")),
            production_url: Some(format!("https://{name}.example")),
        };
        let text = starter(&Starter {
            service: "planet4".into(),
            sites: vec![site("nl"), site("in")],
            browser: true,
        });
        let loaded = loaded(&text);
        assert_eq!(crate::render_all(&loaded.warnings, false), "");
        assert!(text.contains("plimsoll adopt planet4@VERSION --on production"), "{text}");
        assert_eq!(loaded.catalog.services["planet4"].environments[1].targets.len(), 2);
    }

    #[test]
    fn a_page_is_looked_at_where_there_is_a_browser_and_said_to_be_possible_where_there_is_none() {
        let text = |browser| starter(&Starter { service: "shop".into(), sites: vec![], browser });
        let checks = |browser| {
            let loaded = loaded(&text(browser));
            loaded.catalog.services["shop"]
                .checks
                .keys()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(checks(true), ["answers", "home"]);
        assert_eq!(checks(false), ["answers"]);
        let there = text(false).replace("# home: { page: / }", "home: { page: / }");
        assert!(loaded(&there).catalog.services["shop"].checks.contains_key("home"), "{there}");
        assert!(there.contains("apt-get install"), "{there}");
    }

    #[test]
    fn whatever_is_known_makes_a_file_that_is_loaded() {
        let lone = |staging: Option<&str>, production: Option<&str>, name: &str| StarterSite {
            name: name.into(),
            staging_url: staging.map(Into::into),
            production_url: production.map(Into::into),
        };
        for sites in [
            vec![],
            vec![lone(None, Some("https://a.example"), "a")],
            vec![lone(Some("http://127.0.0.1:1"), None, "127.0.0.1:1")],
            vec![
                lone(Some("http://a.example"), None, "x y"),
                lone(Some("http://b.example"), None, "x/y"),
            ],
        ] {
            loaded(&starter(&Starter { service: "é: [".into(), sites, browser: false }));
        }
    }
}
