//! When a fault of one page is the fault of another: the same thing, by its place without what
//! builders and caches put into it.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::address::is_counterpart;
use super::facts::{ConsoleLine, PageFacts};
use super::signature::signature;

/// What a query says of the moment and not of the thing: versions, moments, tokens.
static CACHE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:_|v|t|ts|cb|ver|version|rev|hash|h|time|timestamp|nocache|rnd|random|token|key|sig",
        r"|signature|nonce|session|sid|csrf|state)$",
    ))
    .expect("the pattern is a constant")
});

/// Values that are new each time, whatever they are called.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^[0-9]{5,}$|^[0-9]+(?:\.[0-9]+)+$|^[0-9a-fA-F]{8,}$",
        r"|^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$|^[A-Za-z0-9_=+-]{24,}$",
    ))
    .expect("the pattern is a constant")
});

/// A host with a port: another one on every site.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:localhost|[0-9]{1,3}(?:\.[0-9]{1,3}){3}):[0-9]{1,5}\b")
        .expect("the pattern is a constant")
});

/// What a builder hangs on a name: eight or more letters and digits, mixed, behind a name.
static BUILT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<name>.*?[A-Za-z0-9]+)[-.](?P<hash>[A-Za-z0-9_-]{8,}?)(?P<end>(?:\.(?:min|bundle|chunk|module))*\.[A-Za-z0-9]{1,5})$")
        .expect("the pattern is a constant")
});

static FOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^v[0-9]+(?:\.[0-9]+)*$|^[0-9]{8,}$|^[0-9a-fA-F]{12,}$",
        r"|^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    ))
    .expect("the pattern is a constant")
});

/// The query of a URL with `…` for what is new each time; empty when there is none that says anything.
pub(super) fn steady_query(url: &Url) -> String {
    let Some(query) = url.query() else { return String::new() };
    let part = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = ADDRESS.replace_all(value, "…");
        let known = CACHE.is_match(name) || TOKEN.is_match(&value);
        // A question mark with nothing but a number behind it lets caches go.
        match (part.contains('='), known, TOKEN.is_match(name)) {
            (true, true, _) => format!("{name}=…"),
            (true, false, _) => format!("{name}={value}"),
            (false, _, true) => "…".to_owned(),
            (false, _, false) => name.to_owned(),
        }
    };
    let parts: Vec<String> = query.split('&').filter(|one| !one.is_empty()).map(part).collect();
    if parts.iter().all(|part| part.ends_with('…')) { String::new() } else { parts.join("&") }
}

/// The path without what changes from build to build. A name that is nothing but a number or a hash
/// stays: it is the name of one thing of many.
fn steady_path(path: &str) -> String {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let last = parts.len() - 1;
    for (at, part) in parts.iter_mut().enumerate() {
        let uuid = part.len() == 36 && FOLDER.is_match(part);
        if (at < last || uuid) && FOLDER.is_match(part) {
            "…".clone_into(part);
        } else if let Some(found) = BUILT.captures(part)
            && is_hash(&found["hash"])
        {
            *part = format!("{}-…{}", &found["name"], &found["end"]);
        }
    }
    parts.join("/")
}

/// Words have no digits in them and one kind of letters; a hash mixes.
fn is_hash(text: &str) -> bool {
    let has = |of: fn(&u8) -> bool| text.as_bytes().iter().any(of);
    let digit = has(u8::is_ascii_digit);
    let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
    digit && (lower || upper || text.len() >= 8) || (lower && upper && !text.contains('-'))
}

/// Whether two URLs name one thing on two sites, through builds.
pub(super) fn is_same_thing(one: (&str, &PageFacts), other: (&str, &PageFacts)) -> bool {
    let (Ok(first), Ok(second)) = (Url::parse(one.0), Url::parse(other.0)) else {
        return one.0 == other.0;
    };
    steady_query(&first) == steady_query(&second)
        && (is_counterpart(one, other) || steady_path(first.path()) == steady_path(second.path()))
}

/// Whether two exceptions are one: the same words and the same script, but for what changes from run to
/// run and from build to build.
pub(super) fn is_same_line(
    (one, here): (&ConsoleLine, &PageFacts),
    (other, there): (&ConsoleLine, &PageFacts),
) -> bool {
    let script = |line: &ConsoleLine| {
        let place = line.place.as_deref()?;
        let url = place.rsplitn(3, ':').last().unwrap_or(place);
        Some(url.to_owned())
    };
    let same_script = match (script(one), script(other)) {
        (Some(one), Some(other)) => is_same_thing((&one, here), (&other, there)),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    one.kind == other.kind && same_script && steady_words(&one.text) == steady_words(&other.text)
}

/// Names of one or two letters are a minifier's.
static MINIFIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b[A-Za-z_$][A-Za-z0-9]?\.|\b[A-Za-z_$]\b").expect("the pattern is a constant")
});

fn steady_words(text: &str) -> String {
    MINIFIED.replace_all(&signature(text), "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let facts = PageFacts { asked: "http://nl.example/".into(), ..PageFacts::default() };
        let whole = |path: &str| format!("http://nl.example{path}");
        is_same_thing((&whole(one), &facts), (&whole(other), &facts))
    }

    #[test]
    fn a_thing_is_found_again_through_builds_and_caches() {
        for (one, other) in [
            ("/assets/hero-BxK9_a2f.png", "/assets/hero-Dk3_9ZqL.png"),
            ("/app.9f8e7d6c.js", "/app.01ab23cd.js"),
            ("/app.9f8e7d6c.min.js", "/app.01ab23cd.min.js"),
            ("/static/v124/hero.png", "/static/v123/hero.png"),
            ("/s/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/s/0ccedb67-05c2-4cf9-85c4-bd5c9ba50515"),
            ("/hero.png?v=1.24.0", "/hero.png?v=1.23.0"),
            ("/hero.png?t=1795292853053", "/hero.png"),
            ("/hero.png?1795292853053", "/hero.png?1795292853059"),
            ("/proxy?u=http://127.0.0.1:4000/x", "/proxy?u=http://127.0.0.1:4001/x"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn another_thing_is_another_thing() {
        for (one, other) in [
            ("/_next/image?url=%2Fhero.png&w=640", "/_next/image?url=%2Fold-footer.png&w=64"),
            ("/index.php?route=cart/load", "/index.php?route=stats/ping"),
            ("/render?page=hero", "/render?page=tracker"),
            ("/photo/99999999.png", "/photo/12345678.png"),
            ("/media/deadbeefcafe1234.png", "/media/0123456789abcdef.png"),
            ("/photo/1.png", "/photo/2.png"),
            ("/hero-homepage.png", "/hero-checkout.png"),
            ("/a/x.png", "/b/x.png"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn names_that_a_minifier_gives_do_not_make_another_exception() {
        for (one, other, wanted) in [
            ("TypeError: t.q is not a function", "TypeError: a.q is not a function", true),
            (
                "request 0af4ad607fcb58 failed at 1795292853053",
                "request 1bf4ad607fcb59 failed at 1795292853059",
                true,
            ),
            ("ReferenceError: app is not defined", "ReferenceError: ga is not defined", false),
            ("the shop crashed", "old analytics fault", false),
        ] {
            assert_eq!(steady_words(one) == steady_words(other), wanted, "{one} {other}");
        }
    }
}
