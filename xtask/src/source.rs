//! Rust as text: what is code in it, what is for tests only, and which modules it names.
//!
//! Reading by characters and not by a parser keeps this quick to build and sees the inside of
//! macros, too. What it cannot see (a path put together by a macro) nobody should write.

/// Blanks comments, strings and character literals; every line stays where it is.
#[must_use]
pub fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_blank(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends; `at` when none does.
fn end_of_blank(chars: &[char], at: usize) -> usize {
    match (chars[at], chars.get(at + 1)) {
        ('/', Some('/')) => find(chars, at, |rest| rest[0] == '\n'),
        ('/', Some('*')) => end_of_comment(chars, at),
        ('"', _) => end_of_string(chars, at),
        ('r', Some('"' | '#')) if !is_name(chars, at) => end_of_raw(chars, at),
        ('\'', _) => end_of_char(chars, at),
        _ => at,
    }
}

/// Whether the character before `at` belongs to a name (then an `r` there begins no raw string,
/// unless it is the `b` or `c` of `br"…"` and `cr"…"`).
fn is_name(chars: &[char], at: usize) -> bool {
    let name = |i: usize| chars[i].is_alphanumeric() || chars[i] == '_';
    at > 0 && name(at - 1) && !(matches!(chars[at - 1], 'b' | 'c') && (at < 2 || !name(at - 2)))
}

fn find(chars: &[char], from: usize, is: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|i| is(&chars[*i..])).unwrap_or(chars.len())
}

fn end_of_comment(chars: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut i = at;
    while i < chars.len() {
        if chars[i..].starts_with(&['/', '*']) {
            depth += 1;
            i += 2;
        } else if chars[i..].starts_with(&['*', '/']) {
            depth -= 1;
            i += 2;
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], at: usize) -> usize {
    let mut i = at + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn end_of_raw(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at; // `r#name`
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    let end = find(chars, at + hashes + 2, |rest| rest.starts_with(&close));
    (end + close.len()).min(chars.len())
}

fn end_of_char(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), Some(_)) => (find(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => at + 3,
        _ => at, // a lifetime
    }
}

/// Blanks every item that stands under `#[cfg(test)]`. Takes blanked code.
#[must_use]
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let end = start + MARK.len() + end_of_item(&rest[start + MARK.len()..]);
        out.push_str(&rest[..start]);
        out.extend(rest[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn end_of_item(code: &str) -> usize {
    let mut depth = 0_usize;
    for (i, c) in code.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return i + 1;
                }
            }
            ';' if depth == 0 => return i + 1,
            _ => {}
        }
    }
    code.len()
}

/// A module path that the code names, from the root of its crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The line, from 1.
    pub line: usize,
    /// The first two parts at most: `[check, http]` for `crate::check::http::run`.
    pub path: Vec<String>,
}

/// The paths under `crate::` and `super::` that the code of `module` names. Takes blanked code.
#[must_use]
pub fn named_paths(code: &str, module: &[&str]) -> Vec<Named> {
    let mut found = Vec::new();
    for (start, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        if code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue; // `plimsoll_crate::`, or a later `super::` of a chain
        }
        let line = code[..start].matches('\n').count() + 1;
        let mut rest = &code[start..];
        let mut base: Vec<&str> = module.to_vec();
        if let Some(after) = rest.strip_prefix("crate::") {
            base.clear();
            rest = after;
        }
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        for tail in branches(rest) {
            let path = base.iter().map(|part| (*part).to_owned()).chain(tail).take(2).collect();
            found.push(Named { line, path });
        }
    }
    found.sort_by_key(|named| named.line);
    found
}

/// The beginnings of the paths in `a::b` and in `{a::b, c::{d, e}}`.
fn branches(rest: &str) -> Vec<Vec<String>> {
    let Some(inside) = rest.trim_start().strip_prefix('{') else {
        return vec![names(rest)];
    };
    let mut depth = 0_usize;
    let mut branches = Vec::new();
    let mut start = 0;
    for (i, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' => {
                branches.push(names(&inside[start..i]));
                break;
            }
            ',' if depth == 0 => {
                branches.push(names(&inside[start..i]));
                start = i + 1;
            }
            _ => {}
        }
    }
    branches.retain(|path| !path.is_empty());
    branches
}

fn names(text: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut rest = text.trim_start();
    while path.len() < 2 {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end == 0 {
            break;
        }
        path.push(rest[..end].to_owned());
        match rest[end..].strip_prefix("::") {
            Some(after) => rest = after,
            None => break,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str, module: &[&str]) -> Vec<String> {
        named_paths(&blank(code), module).into_iter().map(|n| n.path.join("::")).collect()
    }

    #[test]
    fn comments_strings_and_characters_are_no_code() {
        let text =
            "a // crate::x\n\"crate::y\" /* crate::z /* in */ */ r#\"crate::\"q\"# '\"' 'c' b";
        let code = blank(text);
        assert!(!code.contains("crate"), "{code}");
        assert_eq!(code.matches('\n').count(), 1);
        assert!(code.starts_with("a ") && code.ends_with(" b"), "{code}");
    }

    #[test]
    fn lifetimes_raw_names_and_escaped_quotes_do_not_swallow_what_follows() {
        for text in [
            "fn f<'a>(x: &'a str) { crate::m() }",
            "r#type; crate::m",
            r"'\''; crate::m",
            r#""\""; crate::m"#,
        ] {
            assert!(blank(text).contains("crate::m"), "{text}");
        }
    }

    #[test]
    fn test_modules_are_left_out_and_what_follows_them_is_not() {
        let code = blank(
            "use crate::a;\n#[cfg(test)]\nmod tests {\n use crate::b; fn f() {}\n}\nuse crate::c;",
        );
        let production = without_tests(&code);
        assert!(production.contains("crate::a") && production.contains("crate::c"));
        assert!(!production.contains("crate::b"), "{production}");
        assert_eq!(production.matches('\n').count(), code.matches('\n').count());
    }

    #[test]
    fn every_branch_of_a_group_is_named() {
        assert_eq!(paths("use crate::{a::{x, y}, b, c::d::e};", &["m"]), ["a", "b", "c::d"]);
    }

    #[test]
    fn super_is_counted_from_the_module() {
        assert_eq!(paths("use super::super::gate::Facts;", &["ledger", "apply"]), ["gate::Facts"]);
        assert_eq!(paths("use super::command;", &["check", "http"]), ["check::command"]);
    }

    #[test]
    fn another_crate_is_not_this_one() {
        assert!(paths("use plimsoll_core::gate; my_crate::x();", &[]).is_empty());
    }
}
