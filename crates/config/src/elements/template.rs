//! Texts with `{{ … }}` places: which variables may stand where.

use plimsoll_core::catalog::{Template, TemplateError, Variable};

use crate::reader::Reader;
use crate::text::{Node, Span, clean};

use super::name::unknown;
use super::text::read_text;

/// What may stand in a template, by where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Why a secret cannot stand here; it may when there is no reason.
    pub no_secrets: Option<&'static str>,
    /// Whether there is a fresh directory for a command's files.
    pub out: bool,
    /// Whether the release is known, or only about to be found out.
    pub release: bool,
    /// Whether its digest is known too.
    pub digest: bool,
}

impl Place {
    /// An argument of a command.
    pub const ARGUMENT: Self = Self {
        no_secrets: Some("it would be visible in the process list"),
        out: true,
        release: true,
        digest: false,
    };
    /// An argument of a deployer's command.
    pub const DEPLOYER: Self = Self { out: false, digest: true, ..Self::ARGUMENT };
    /// A path or URL.
    pub const PATH: Self = Self {
        no_secrets: Some("it would be visible in logs and addresses"),
        out: false,
        release: true,
        digest: false,
    };
    /// A header or a body.
    pub const SENT: Self = Self { no_secrets: None, out: false, release: true, digest: false };

    /// The same where the version is about to be observed: who knows the answer can echo it.
    pub const fn observing(self) -> Self {
        Self { release: false, ..self }
    }

    /// The same for the environment variables of a command.
    pub const fn environment(self) -> Self {
        Self { no_secrets: None, ..self }
    }
}

/// A template.
pub(crate) fn read_template(
    r: &mut Reader<'_>,
    node: &Node,
    what: &str,
    place: Place,
) -> Option<Template> {
    let text = read_text(r, node, what)?;
    template(r, &text, node.span, place)
}

/// A template that may be empty.
pub(crate) fn read_argument(r: &mut Reader<'_>, node: &Node, place: Place) -> Option<Template> {
    let text = r.scalar(node, "a text")?.text.clone();
    template(r, &text, node.span, place)
}

/// Parses a template and looks at each of its variables.
pub(crate) fn template(
    r: &mut Reader<'_>,
    text: &str,
    span: Span,
    place: Place,
) -> Option<Template> {
    let mut fine = true;
    for name in places(text) {
        let Some(name) = name else {
            r.error(span, "`{{` is never closed by `}}`").hint("write  {{ target.name }}");
            return None;
        };
        let at = inside(r, span, name);
        match name.trim().parse::<Variable>() {
            Ok(variable) => fine &= allowed(r, variable, at, place),
            Err(TemplateError::Unknown(_) | TemplateError::Unclosed) => {
                unknown_variable(r, name.trim(), at);
                fine = false;
            }
        }
    }
    if fine { text.parse().ok() } else { None }
}

/// What is between each `{{` and `}}`; `None` at the end where the last is not closed.
pub(crate) fn places(text: &str) -> impl Iterator<Item = Option<&str>> {
    text.split("{{").skip(1).map(|part| part.split_once("}}").map(|(inside, _)| inside))
}

/// The place of the variable itself, where the text stands in the file as it is.
fn inside(r: &Reader<'_>, span: Span, name: &str) -> Span {
    let source = r.report.slice(span);
    let wanted = name.trim();
    let found = source.match_indices("{{").find_map(|(open, _)| {
        let rest = &source[open + 2..];
        let lead = rest.len() - rest.trim_start().len();
        rest.trim_start().starts_with(wanted).then_some(open + 2 + lead)
    });
    match found {
        Some(at) if !wanted.is_empty() => {
            let start = span.start + u32::try_from(at).unwrap_or(0);
            Span { start, end: start + u32::try_from(wanted.len()).unwrap_or(1), ..span }
        }
        Some(_) | None => span,
    }
}

fn unknown_variable(r: &mut Reader<'_>, name: &str, at: Span) {
    let near = r.report.did_you_mean(name, Variable::NAMES);
    let hint = near.unwrap_or_else(|| format!("there are: {}", Variable::NAMES.join(", ")));
    r.error(at, format!("unknown variable `{}`", clean(name))).hint(hint);
}

fn allowed(r: &mut Reader<'_>, variable: Variable, at: Span, place: Place) -> bool {
    match &variable {
        Variable::Secret(name) => {
            if let Some(why) = place.no_secrets {
                r.error(at, format!("a secret cannot stand here: {why}"))
                    .hint("pass it by env: of a command, or by a header or the body of a question");
                return false;
            }
            if !r.secrets.contains(name) {
                let known = r.secrets.clone();
                unknown(r, name.as_str(), at, &known, ("secret", "secrets:"));
                return false;
            }
        }
        Variable::Out if !place.out => {
            r.error(at, "`out` is only there for the commands of checks")
                .hint("it is a fresh directory for the files that a command writes");
            return false;
        }
        Variable::Version | Variable::ReleaseDigest | Variable::PreviousVersion
            if !place.release =>
        {
            r.error(at, "an observation must not know the version that it is to find")
                .hint("ask what really runs; the answer is compared afterwards");
            return false;
        }
        Variable::ReleaseDigest if !place.digest => {
            r.error(at, "`release.digest` is only there for deployers")
                .hint("`release.version` names the release as well");
            return false;
        }
        Variable::Service
        | Variable::Environment
        | Variable::Target
        | Variable::Site
        | Variable::Platform
        | Variable::Url
        | Variable::TargetVar(_)
        | Variable::Version
        | Variable::ReleaseDigest
        | Variable::PreviousVersion
        | Variable::Out => {}
    }
    r.used.push((variable, at));
    true
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn places_that_nothing_can_fill_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ command: [./c, '{{ release.digest }}'] }",
                    "9:31 [release.digest] `release.digest` is only there for deployers → `release.version` names the release as well",
                ),
                (
                    "{ command: [./c, '{{ target.nam }}'] }",
                    "9:31 [target.nam] unknown variable `target.nam` → did you mean `target.name`?",
                ),
                (
                    "{ command: [./c, '{{ target.name'] }",
                    "9:27 ['{{ target.name'] `{{` is never closed by `}}` → write  {{ target.name }}",
                ),
                (
                    "{ command: [./c, '{{ secrets.token }}'] }",
                    "9:31 [secrets.token] a secret cannot stand here: it would be visible in the process list → pass it by env: of a command, or by a header or the body of a question",
                ),
                (
                    "{ http: '/{{ secrets.token }}' }",
                    "9:23 [secrets.token] a secret cannot stand here: it would be visible in logs and addresses → pass it by env: of a command, or by a header or the body of a question",
                ),
                (
                    "{ command: { run: [./c], env: { T: '{{ secrets.tokn }}' } } }",
                    "9:49 [secrets.tokn] there is no secret `tokn` → did you mean `token`?",
                ),
                (
                    "{ http: '/{{ out }}' }",
                    "9:23 [out] `out` is only there for the commands of checks → it is a fresh directory for the files that a command writes",
                ),
                (
                    "{ command: [./c, '{{ target.vars.hots }}'] }",
                    "9:31 [target.vars.hots] `target.vars.hots` is not on staging/a, production/a → add  vars: { hots: … }  there, or limit the check by `only`",
                ),
                (
                    "{ command: [./c, '{{ }}', '{{ service.name }} {{ x }}'] }",
                    "9:27 ['{{ }}'] unknown variable `` → there are: service.name, environment.name, target.name, target.site, target.platform, target.url, target.vars.KEY, release.version, release.digest, previous.version, out, secrets.NAME\n9:59 [x] unknown variable `x` → there are: service.name, environment.name, target.name, target.site, target.platform, target.url, target.vars.KEY, release.version, release.digest, previous.version, out, secrets.NAME",
                ),
                (
                    "{ command: [./c, {{ target.name }}] }",
                    "9:28 [{] a key must be a text → quote a text with {{ … }}: \"{{ target.name }}\"",
                ),
                (
                    "{ command: [./c, \"{{ target.name }}\", \"{{ target.vars.\\u0068ots }}\"] }",
                    "9:48 [\"{{ target.vars.\\u0068ots }}\"] `target.vars.hots` is not on staging/a, production/a → add  vars: { hots: … }  there, or limit the check by `only`",
                ),
            ],
        );
    }
}
