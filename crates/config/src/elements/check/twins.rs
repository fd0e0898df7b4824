//! Whether what changed in one of two parts of files changed in the other as well.

use plimsoll_core::catalog::{TwinsBase, TwinsCheck};
use plimsoll_core::ids::ArtifactName;

use crate::elements::name::read_name;
use crate::elements::path::read_path;
use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, Value, clean};

const LAST_VERIFIED_GOOD: &str = "last-verified-good";

/// Twins.
pub(super) static TWINS_CHECK: Object = Object {
    name: "twins check",
    doc: "Compares the commit of the release with that of the one before it, in the `twins` of the \
          service: every change in one part of a pair wants its equal in the other.",
    keys: &[
        preset(
            "repository",
            Shape::Text("a folder"),
            ".",
            "The local clone that the parts are in, relative to the configuration.",
        ),
        preset(
            "base",
            Shape::Text("a revision"),
            LAST_VERIFIED_GOOD,
            "What the release is compared with: the release that was last verified good on the target that this one stands for, or a revision of the repository.",
        ),
        optional(
            "artifact",
            Shape::Name("artifact"),
            "The artifact of the release that is its commit. Without it: its only git artifact.",
        ),
        optional(
            "right-artifact",
            Shape::Name("artifact"),
            "The artifact that is the commit of the clone which `right-in` of a pair names.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ repository: ., base: last-verified-good }",
};

/// Twins; the pairs are those of the service, which come later.
pub(super) fn read_twins_check(r: &mut Reader<'_>, node: &Node) -> Option<TwinsCheck> {
    let mut check = TwinsCheck {
        repository: ".".to_owned(),
        base: TwinsBase::LastVerifiedGood,
        artifact: None,
        right_artifact: None,
        pairs: Vec::new(),
    };
    if matches!(node.value, Value::Scalar(_)) {
        check.repository = read_path(r, node, "a folder")?;
        return Some(check);
    }
    let fields = r.object(node, &TWINS_CHECK)?;
    let repository = fields.get("repository").map(|node| read_path(r, node, "a folder"));
    let base = fields.get("base").map(|node| read_base(r, node));
    let artifact =
        fields.get("artifact").map(|node| read_name::<ArtifactName>(r, node, "artifact"));
    let right =
        fields.get("right-artifact").map(|node| read_name::<ArtifactName>(r, node, "artifact"));
    check.repository = repository.unwrap_or(Some(check.repository))?;
    check.base = base.unwrap_or(Some(check.base))?;
    check.artifact = artifact.map_or(Some(None), |name| name.map(Some))?;
    check.right_artifact = right.map_or(Some(None), |name| name.map(Some))?;
    Some(check)
}

fn read_base(r: &mut Reader<'_>, node: &Node) -> Option<TwinsBase> {
    let text = read_text(r, node, "a revision")?;
    if text == LAST_VERIFIED_GOOD {
        return Some(TwinsBase::LastVerifiedGood);
    }
    let stray = |char: char| char.is_whitespace() || char.is_control();
    if text.starts_with('-') || text.contains("..") || text.contains(stray) {
        r.error(node.span, format!("`{}` cannot be a revision", clean(&text)))
            .hint("name one commit: a tag, a branch or an object id");
        return None;
    }
    Some(TwinsBase::Revision(text))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn a_base_is_one_revision_and_no_option_of_git() {
        bad(
            in_checks,
            &[
                (
                    "{ twins: { base: --output=x } }",
                    "9:27 [--output=x] `--output=x` cannot be a revision → name one commit: a tag, a branch or an object id",
                ),
                (
                    "{ twins: { base: v1..v2 } }",
                    "9:27 [v1..v2] `v1..v2` cannot be a revision → name one commit: a tag, a branch or an object id",
                ),
                (
                    "{ twins: { against: v1 } }",
                    "9:7 [c] there are no twins to compare → say in `twins:` of the service which parts of files must change together\n9:21 [against] unknown key `against` → there are: repository, base, artifact, right-artifact",
                ),
                (
                    "{ twins: . }",
                    "9:7 [c] there are no twins to compare → say in `twins:` of the service which parts of files must change together",
                ),
            ],
        );
    }
}
