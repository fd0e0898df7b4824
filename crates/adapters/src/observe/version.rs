//! Finding the version in an answer.

use plimsoll_core::catalog::VersionFrom;
use plimsoll_core::record::Observed;
use regex::Regex;

/// What was answered.
pub(super) struct Answer<'a> {
    pub body: &'a [u8],
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

/// The version, or why there is none.
pub(super) fn version(from: &VersionFrom, answer: &Answer<'_>) -> Observed {
    let text = match from {
        VersionFrom::Text => whole(answer.body),
        VersionFrom::Json(pointer) => json(pointer, answer.body),
        VersionFrom::Regex(pattern) => first_match(pattern, answer.body),
        VersionFrom::Header(name) => (answer.header)(name)
            .ok_or_else(|| format!("the answer has no header {}", name.escape_debug())),
    };
    text.and_then(|text| named(&text)).unwrap_or_else(Observed::Unknown)
}

fn named(text: &str) -> Result<Observed, String> {
    let text = text.trim();
    match text.parse() {
        Ok(version) => Ok(Observed::Version(version)),
        Err(_) if text.is_empty() => Err("the answer names no version: it is empty".into()),
        Err(_) => Err(format!("the answer names no version: `{}`", shown(text))),
    }
}

fn shown(text: &str) -> String {
    let start: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().count() > 60 { format!("{start}…") } else { start }
}

fn utf8(body: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(body).map_err(|_| "the answer names no version: it is not UTF-8".into())
}

fn whole(body: &[u8]) -> Result<String, String> {
    let text = utf8(body)?.trim();
    let line = text.lines().next().unwrap_or_default();
    Ok(line.to_owned())
}

fn json(pointer: &str, body: &[u8]) -> Result<String, String> {
    let value: serde_json::Value = serde_json::from_slice(body).map_err(|error| {
        format!("the answer is not JSON ({error}): `{}`", shown(&String::from_utf8_lossy(body)))
    })?;
    match value.pointer(pointer) {
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(format!("{pointer} in the answer is no text")),
        None => Err(format!("the answer has no {pointer}")),
    }
}

fn first_match(pattern: &str, body: &[u8]) -> Result<String, String> {
    let regex = Regex::new(pattern).map_err(|error| format!("the pattern is no regex: {error}"))?;
    let text = String::from_utf8_lossy(body);
    let found =
        regex.captures(&text).ok_or_else(|| format!("nothing in the answer matches {pattern}"))?;
    let place = found.get(1).or_else(|| found.get(0));
    Ok(place.map_or_else(String::new, |place| place.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(from: &VersionFrom, body: &str) -> Observed {
        let header = |name: &str| (name == "x-version").then(|| "4.5".to_owned());
        version(from, &Answer { body: body.as_bytes(), header: &header })
    }

    #[test]
    fn versions_are_found_in_every_kind_of_answer() {
        for (from, body) in [
            (VersionFrom::Text, " 4.5 \nbuilt today\n"),
            (VersionFrom::Json("/app/version".into()), r#"{"app":{"version":"4.5"}}"#),
            (VersionFrom::Json("/v".into()), r#"{"v":4.5}"#),
            (VersionFrom::Regex("version: ([0-9.]+)".into()), "x\nversion: 4.5\n"),
            (VersionFrom::Regex("[0-9.]+".into()), "v4.5"),
            (VersionFrom::Header("x-version".into()), ""),
        ] {
            assert_eq!(
                seen(&from, body),
                Observed::Version("4.5".parse().expect("valid")),
                "{body}"
            );
        }
    }

    #[test]
    fn an_answer_without_a_version_is_unknown_with_the_reason() {
        for (from, body, said) in [
            (VersionFrom::Text, "", "it is empty"),
            (VersionFrom::Text, "<html>\u{1b}", "names no version: `<html>\\u{1b}`"),
            (VersionFrom::Text, &"1".repeat(200), "names no version: `111"),
            (VersionFrom::Json("/v".into()), "<html>", "not JSON"),
            (VersionFrom::Json("/v".into()), "{}", "has no /v"),
            (VersionFrom::Json("/v".into()), r#"{"v":[]}"#, "is no text"),
            (VersionFrom::Regex("v=(.*)".into()), "x", "nothing in the answer matches"),
            (VersionFrom::Header("x-other".into()), "", "no header x-other"),
        ] {
            let Observed::Unknown(why) = seen(&from, body) else { panic!("{body}") };
            assert!(why.contains(said), "{body}: {why}");
        }
    }
}
