//! Where secrets are read from. Their values are never read here.

use plimsoll_core::catalog::SecretRef;

use crate::reader::Reader;
use crate::text::Node;

use super::text::read_text;

/// `env:NAME` or `file:PATH`. What else is written may be the secret itself, so it is not repeated
/// in the message.
pub(crate) fn read_secret(r: &mut Reader<'_>, node: &Node) -> Option<SecretRef> {
    let text = read_text(r, node, "env:NAME or file:PATH")?;
    let found = match text.split_once(':') {
        Some(("env", name)) if !name.is_empty() && !name.contains(['=', ' ']) => {
            Some(SecretRef::Env(name.to_owned()))
        }
        Some(("file", path)) if !path.is_empty() && !path.starts_with('~') => {
            Some(SecretRef::File(path.to_owned()))
        }
        Some(_) | None => None,
    };
    if found.is_none() {
        r.error(node.at, "this does not say where the secret is")
            .cut()
            .hint("write env:NAME or file:PATH; a secret itself never stands here");
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_secrets};

    #[test]
    fn a_secret_is_never_written_and_never_shown() {
        bad(
            in_secrets,
            &[
                (
                    "{ token: hunter2 }",
                    "14:12 [token] this does not say where the secret is → write env:NAME or file:PATH; a secret itself never stands here",
                ),
                (
                    "{ token: 'env:' }",
                    "14:12 [token] this does not say where the secret is → write env:NAME or file:PATH; a secret itself never stands here",
                ),
                (
                    "{ token: 'file:~/x' }",
                    "14:12 [token] this does not say where the secret is → write env:NAME or file:PATH; a secret itself never stands here",
                ),
                (
                    "{ token: vault:x }",
                    "14:12 [token] this does not say where the secret is → write env:NAME or file:PATH; a secret itself never stands here",
                ),
                (
                    "{ 'a b': env:X }",
                    "14:12 ['a b'] `a b` cannot be the name of a secret → use letters, digits, `.`, `_` and `-`",
                ),
            ],
        );
    }
}
