//! A directory that is switched to by a link.

use plimsoll_core::catalog::FilesDeploy;

use crate::elements::command::{ARGV, read_argv};
use crate::elements::count::read_count;
use crate::elements::path::read_file_name;
use crate::elements::path_pattern::read_patterns;
use crate::elements::template::{Place, read_template};
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, preset, required};
use crate::text::Node;

const PATTERNS: Shape = Shape::Either(
    &Shape::Text("a path with stars"),
    &Shape::List(&Shape::Text("a path with stars")),
);

/// How `mutable` is written.
const MUTABLE: &str = "write it relative to what is served: cache/**, *.log, **/tmp/*";

/// The `files` deployer.
pub(super) static FILES: Object = Object {
    name: "files deployer",
    doc: "Unpacks a directory artifact into `ROOT/releases/VERSION` and switches the link \
          `ROOT/current` to it in one step.",
    keys: &[
        required(
            "root",
            Shape::Text("a directory"),
            "The directory that holds `releases/` and the link. Each target has its own, in every environment.",
        ),
        preset("link", Shape::Text("a file name"), "current", "The name of the link."),
        optional(
            "artifact",
            Shape::Name("artifact"),
            "Which artifact of the release is unpacked; its only directory without it.",
        ),
        preset(
            "keep",
            Shape::Count { least: 1, most: 1000 },
            "5",
            "How many old release directories stay on the target: ways back.",
        ),
        preset(
            "mutable",
            PATTERNS,
            "[]",
            "What the site itself writes into what is served (caches, uploads): `cache/**`, `*.log`. Everything \
             else must stay as it was deployed, or it counts as another version. It stays in its release's directory \
             and is not taken along to the next.",
        ),
        optional(
            "after",
            ARGV,
            "Run after the switch, to reload a server. The switch is undone when it fails.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ root: \"/srv/{{ environment.name }}/{{ target.name }}\", keep: 5, after: [nginx, -s, reload] }",
};

/// The `files` deployer.
pub(super) fn read_files(r: &mut Reader<'_>, node: &Node) -> Option<FilesDeploy> {
    let fields = r.object(node, &FILES)?;
    let root =
        fields.get("root").and_then(|node| read_template(r, node, "a directory", Place::PATH));
    let link = match fields.get("link") {
        Some(node) => read_file_name(r, node, "the name of a link"),
        None => Some("current".to_owned()),
    };
    let link = link.filter(|link| {
        let taken = link == "releases";
        if let (true, Some(node)) = (taken, fields.get("link")) {
            r.error(node.span, "`releases` is the directory beside the link")
                .hint("take another name: current");
        }
        !taken
    });
    let artifact =
        fields.get("artifact").map(|node| read_file_name(r, node, "the name of an artifact"));
    let keep = fields.get("keep").map_or(Some(5), |node| read_count(r, node, 1, 1000));
    let mutable = match fields.get("mutable") {
        Some(node) => read_patterns(r, node, MUTABLE),
        None => Some(Vec::new()),
    };
    let after = fields.get("after").map(|node| read_argv(r, node, Place::DEPLOYER));
    Some(FilesDeploy {
        root: root?,
        link: link?,
        artifact: artifact.map_or(Some(None), |name| name.map(Some))?,
        keep: keep?,
        mutable: mutable?,
        after: after.map_or(Some(None), |after| after.map(Some))?,
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_platforms};

    #[test]
    fn directories_and_links_that_could_escape_are_refused() {
        bad(
            in_platforms,
            &[
                (
                    "{ deploy: { files: {} } }",
                    "7:23 [files] `root` is missing in this files deployer → `root`: The directory that holds `releases/` and the link",
                ),
                (
                    "{ deploy: { files: { root: /srv, link: a/b } } }",
                    "7:50 [a/b] `a/b` cannot be the name of a link → a single name, without slashes",
                ),
                (
                    "{ deploy: { files: { root: /srv, link: releases } } }",
                    "7:50 [releases] `releases` is the directory beside the link → take another name: current",
                ),
                (
                    "{ deploy: { files: { root: /srv, keep: 0, artifact: .. } } }",
                    "7:50 [0] 0 is out of bounds → write a number from 1 to 1000\n7:63 [..] `..` cannot be the name of an artifact → a single name, without slashes",
                ),
                (
                    "{ deploy: { files: { root: '/srv/{{ secrets.token }}' } } }",
                    "7:47 [secrets.token] a secret cannot stand here: it would be visible in logs and addresses → pass it by env: of a command, or by a header or the body of a question",
                ),
                (
                    "{ deploy: { files: { root: /srv, mutable: [/srv/cache, 'a**', ../x] } } }",
                    "7:54 [/srv/cache] `/srv/cache` is no path inside the directory → write it relative to what is served: cache/**, *.log, **/tmp/*\n7:66 ['a**'] `**` must be a whole part of the path in `a**` → write it relative to what is served: cache/**, *.log, **/tmp/*\n7:73 [../x] `../x` is no path inside the directory → write it relative to what is served: cache/**, *.log, **/tmp/*",
                ),
                (
                    "{ deploy: { files: { root: /srv, after: nginx -s reload } } }",
                    "7:51 [nginx -s reload] a command is a list of arguments, not a text → write [nginx, \"-s\", reload]; or { shell: … } for a shell",
                ),
            ],
        );
    }
}
