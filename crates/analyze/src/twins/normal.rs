//! Texts without what makes no difference to a shell.
//!
//! - white space at the ends goes, and runs of it outside quotes become one space (a backslash at
//!   the end of a line counts as white space)
//! - quotes around what needs none go: `"public"` and `'public'` are `public`
//! - double quotes in which nothing is special become single ones
//!
//! A text whose quotes do not close is left alone but for its white space.

/// The text without what makes no difference.
#[must_use]
pub fn normal(text: &str) -> String {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    words(&joined).unwrap_or_else(|| joined.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn words(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let mut inside = String::new();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' if c == '"' => {
                            inside.push('\\');
                            inside.push(chars.next()?);
                        }
                        other => inside.push(other),
                    }
                }
                push_quoted(c, &inside, &mut out);
            }
            '\\' => {
                out.push('\\');
                out.extend(chars.next());
            }
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    Some(out)
}

fn push_quoted(quote: char, inside: &str, out: &mut String) {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./-".contains(c);
    let special = |c: char| matches!(c, '$' | '`' | '\\' | '!' | '\'' | '"');
    if !inside.is_empty() && inside.chars().all(plain) {
        out.push_str(inside);
        return;
    }
    let quote = if quote == '"' && !inside.contains(special) { '\'' } else { quote };
    out.push(quote);
    out.push_str(inside);
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_quotes_that_make_no_difference_go() {
        for (written, same) in [
            ("  wp   core\tdownload ", "wp core download"),
            ("wp core \\\n  download", "wp core download"),
            ("rsync -ar \"public/wp\" 'a/b'", "rsync -ar public/wp a/b"),
            ("echo \"a  b\"", "echo 'a  b'"),
            ("", ""),
        ] {
            assert_eq!(normal(written), same, "{written:?}");
            assert_eq!(normal(same), same, "twice is once");
        }
    }

    #[test]
    fn quotes_that_make_a_difference_stay() {
        for text in ["echo \"$HOME\"", "echo '$HOME'", "don't do it", "a\\ b", "\"a\\\"b\""] {
            assert_eq!(normal(text), text);
        }
        assert_ne!(normal("echo \"$A\""), normal("echo '$A'"));
    }
}
