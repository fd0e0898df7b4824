//! `plimsoll init`: a first plimsoll.yaml.

use std::io::Write as _;

use plimsoll_config::{Starter, StarterSite};
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_wire::{ExitCode, InitView};
use url::Url;

use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Writes a first plimsoll.yaml, with comments, from the addresses it is given: those whose host or
/// path says staging, stage, stg, test or dev are staging, the others are production. Of two on one
/// host that say nothing, the first is taken for staging.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll init https://staging.shop.example https://shop.example
  plimsoll check
  plimsoll release add shop@1.0 ./dist
  plimsoll adopt shop@1.0 --on production")]
pub struct Args {
    /// Addresses of sites
    #[arg(value_name = "URL")]
    urls: Vec<Url>,
    /// The name of the service [default: from the first address, else the folder's name]
    #[arg(long, value_name = "NAME")]
    service: Option<plimsoll_core::ids::ServiceName>,
}

const STAGING: [&str; 6] = ["staging", "stage", "stg", "test", "dev", "preview"];

/// Runs it.
///
/// # Errors
/// The file is there already, or cannot be written.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    for url in &args.urls {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(CliError::usage(
                format!("{url} is no web address"),
                "plimsoll init https://shop.example",
            ));
        }
    }
    if let Some(twice) =
        args.urls.iter().enumerate().find(|(at, url)| args.urls[..*at].contains(url))
    {
        return Err(CliError::usage(
            format!("{} stands there twice", twice.1),
            "plimsoll init https://staging.shop.example https://shop.example",
        ));
    }
    let in_order = in_order(&args.urls);
    let guessed: Vec<String> = in_order.iter().map(|(_, guess)| guess.clone()).collect();
    let sites = in_order.map_or_else(|| sites(&args.urls), |(site, _)| vec![site]);
    let service = args.service.as_ref().map_or_else(|| guess(&sites), ToString::to_string);
    let text = plimsoll_config::starter(&Starter {
        service: service.clone(),
        sites,
        browser: plimsoll_adapters::browser::is_installed(),
    });
    let path = &app.global.config;
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = created.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => CliError::refused(
            format!("{} is there already; nothing was changed", path.display()),
            "plimsoll check   reads it; --config FILE writes another",
        ),
        _ => CliError::Unavailable {
            message: format!("{} cannot be written: {error}", path.display()),
            hint: "look at the folder's permissions".to_owned(),
        },
    })?;
    file.write_all(text.as_bytes())?;
    let sentence = format!("Wrote {}: look at its comments, it is a beginning.", path.display());
    let view = InitView { file: path.display().to_string(), service: service.clone(), guessed };
    app.answer(&view, |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        for guess in &view.guessed {
            text.push_str(&render::paragraph(guess, style));
        }
        text.push_str(&style.next("plimsoll check"));
        text.push_str(&style.next("then take in what runs in production now:"));
        for command in [
            format!("plimsoll release add {service}@VERSION PATH"),
            format!("plimsoll adopt {service}@VERSION --on production"),
        ] {
            text.push_str("     ");
            text.push_str(&style.text(&command));
            text.push('\n');
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

fn says_staging(text: &str) -> bool {
    text.split(['.', '-', '/']).any(|part| STAGING.contains(&part))
}

fn is_staging(url: &Url) -> bool {
    says_staging(url.host_str().unwrap_or_default()) || says_staging(url.path())
}

/// Two addresses on one host of which neither says what it is: ports or paths of one site. They are
/// taken in the order in which releases travel, and that is said.
fn in_order(urls: &[Url]) -> Option<(StarterSite, String)> {
    let [first, second] = urls else { return None };
    if first.host_str() != second.host_str() || urls.iter().any(is_staging) {
        return None;
    }
    let address = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let site = StarterSite {
        name: name_of(first),
        staging_url: Some(address(first)),
        production_url: Some(address(second)),
    };
    let guess = format!(
        "guessed: {} is staging and {} production, by their order; turn them round if not",
        address(first),
        address(second)
    );
    Some((site, guess))
}

fn name_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let numeric = host.parse::<std::net::IpAddr>().is_ok() || host == "localhost";
    if numeric { "main".to_owned() } else { site_of(host) }
}

/// The host without what says staging and without `www`: what the staging and the production
/// address of one site have in common.
fn site_of(host: &str) -> String {
    let parts: Vec<&str> = host.split('.').collect();
    let kept: Vec<String> = parts
        .iter()
        .filter(|part| !STAGING.contains(*part) && **part != "www")
        .map(|part| {
            let words: Vec<&str> = part.split('-').filter(|word| !STAGING.contains(word)).collect();
            words.join("-")
        })
        .filter(|part| !part.is_empty())
        .collect();
    kept.first().cloned().unwrap_or_else(|| "main".to_owned())
}

fn sites(urls: &[Url]) -> Vec<StarterSite> {
    let mut sites: Vec<StarterSite> = Vec::new();
    for url in urls {
        let mut name = name_of(url);
        let address = url.as_str().trim_end_matches('/').to_owned();
        let staging = is_staging(url);
        let free = |site: &StarterSite| match staging {
            true => site.staging_url.is_none(),
            false => site.production_url.is_none(),
        };
        let found = sites.iter_mut().find(|site| site.name == name && free(site));
        if let Some(site) = found {
            *if staging { &mut site.staging_url } else { &mut site.production_url } = Some(address);
            continue;
        }
        if sites.iter().any(|site| site.name == name) {
            name = format!("{name}-{}", sites.len() + 1);
        }
        let (staging_url, production_url) =
            if staging { (Some(address), None) } else { (None, Some(address)) };
        sites.push(StarterSite { name, staging_url, production_url });
    }
    paired(sites)
}

/// One address of each sort is one site, whatever the hosts are called.
fn paired(mut sites: Vec<StarterSite>) -> Vec<StarterSite> {
    let lone = |site: &StarterSite| site.staging_url.is_some() != site.production_url.is_some();
    if let [one, other] = sites.as_mut_slice()
        && lone(one)
        && lone(other)
        && one.staging_url.is_some() != other.staging_url.is_some()
    {
        let (into, from) = if one.production_url.is_some() { (one, other) } else { (other, one) };
        into.staging_url = from.staging_url.take();
        sites.retain(|site| site.production_url.is_some());
    }
    sites
}

fn guess(sites: &[StarterSite]) -> String {
    let folder = || {
        let here = std::env::current_dir().ok()?;
        Some(here.file_name()?.to_string_lossy().into_owned())
    };
    match sites.iter().find(|site| site.name != "main") {
        Some(site) => site.name.clone(),
        None => folder().unwrap_or_else(|| "service".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staging_and_production_of_one_site_are_found() {
        let urls: Vec<Url> = [
            "https://staging.shop.example",
            "https://www.shop.example/",
            "https://nl-staging.example",
        ]
        .iter()
        .map(|text| text.parse().expect("a URL"))
        .collect();
        let sites = sites(&urls);
        assert_eq!(sites[0].name, "shop");
        assert_eq!(sites[0].staging_url.as_deref(), Some("https://staging.shop.example"));
        assert_eq!(sites[0].production_url.as_deref(), Some("https://www.shop.example"));
        assert_eq!(sites[1].name, "nl");
    }

    #[test]
    fn two_addresses_on_one_host_are_one_site_in_the_order_given() {
        let urls = |texts: [&str; 2]| texts.map(|text| text.parse::<Url>().expect("a URL"));
        let (site, guess) =
            in_order(&urls(["http://127.0.0.1:8001", "http://127.0.0.1:8002"])).expect("a site");
        assert_eq!(site.name, "main");
        assert_eq!(site.staging_url.as_deref(), Some("http://127.0.0.1:8001"));
        assert_eq!(site.production_url.as_deref(), Some("http://127.0.0.1:8002"));
        assert!(guess.contains("8001 is staging"), "{guess}");
        // What says staging needs no guess, wherever it stands.
        let said = urls(["https://shop.example", "https://shop.example/staging"]);
        assert_eq!(in_order(&said), None);
        let sites = sites(&said);
        assert_eq!(sites.len(), 1);
        assert_eq!(sites[0].staging_url.as_deref(), Some("https://shop.example/staging"));
        assert_eq!(in_order(&urls(["https://a.example", "https://b.example"])), None);
    }

    #[test]
    fn one_address_of_each_sort_is_one_site_whatever_the_hosts_are_called() {
        let urls: Vec<Url> = ["http://staging.intern:8080", "https://www.shop.example"]
            .iter()
            .map(|text| text.parse().expect("a URL"))
            .collect();
        let sites = sites(&urls);
        assert_eq!(sites.len(), 1);
        assert_eq!(sites[0].name, "shop");
        assert_eq!(sites[0].staging_url.as_deref(), Some("http://staging.intern:8080"));
        assert_eq!(sites[0].production_url.as_deref(), Some("https://www.shop.example"));
    }
}
