//! Whether targets are apart: no two are deployed to one directory, and what is seen of one
//! environment is not another.

use std::collections::BTreeMap;

use plimsoll_core::catalog::{DeployKind, ObserveKind, Platform, Template, Variable};
use plimsoll_core::ids::{EnvironmentName, PlatformName, ServiceName, TargetName};

use crate::reader::Reader;
use crate::text::{Span, clean};

use super::environments::Environments;
use super::fit::One;

/// Whose a place is.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    service: ServiceName,
    environment: EnvironmentName,
    target: TargetName,
    span: Span,
}

/// Reports targets that are not apart. `r.directories` has those of the services before.
pub(crate) fn targets_are_apart(
    r: &mut Reader<'_>,
    service: &ServiceName,
    environments: &Environments,
    platforms: &BTreeMap<PlatformName, Platform>,
) {
    let mut observed = BTreeMap::new();
    let mut urls = BTreeMap::new();
    for one @ (environment, name, target) in environments.all() {
        let Some(platform) = platforms.get(&target.platform) else { continue };
        let Some(span) = environments.place(environment, Some(name)) else { continue };
        let owner = Owner {
            service: service.clone(),
            environment: environment.clone(),
            target: name.clone(),
            span,
        };
        directory(r, platform, &owner, one);
        if !observation(r, &mut observed, platform, &owner, one) {
            url(r, &mut urls, &owner, one);
        }
    }
}

/// The `releases/` beside a link belong to one target: another one would switch its link, and
/// remove its old releases.
fn directory(r: &mut Reader<'_>, platform: &Platform, owner: &Owner, one: One<'_>) {
    let DeployKind::Files(files) = &platform.deploy else { return };
    let Some(root) = fill(&files.root, &owner.service, one) else { return };
    let root = normal(&root);
    let Some(first) = r.directories.get(&root).cloned() else {
        r.directories.insert(root, owner.clone());
        return;
    };
    let variable = if first.service != owner.service {
        Variable::Service
    } else if first.environment != owner.environment {
        Variable::Environment
    } else {
        Variable::Target
    };
    let place = r.report.other_place(first.span, owner.span);
    let (both, platform) = (both(&first, owner), &one.2.platform);
    r.error(owner.span, format!("{both} are both deployed to `{}`", clean(&root))).hint(format!(
        "deploying one would switch the other: write  {{{{ {variable} }}}}  into `root` of the \
         platform {platform} (the first is in {place})"
    ));
}

/// Whether the version of this target is read where that of another environment is, which is an
/// error: what was deployed to one would be seen on both.
fn observation(
    r: &mut Reader<'_>,
    observed: &mut BTreeMap<String, Owner>,
    platform: &Platform,
    owner: &Owner,
    one: One<'_>,
) -> bool {
    let Some((shown, whole)) = read_at(platform, owner, one) else { return false };
    let first = observed.entry(whole).or_insert_with(|| owner.clone()).clone();
    if first.environment == owner.environment {
        return false;
    }
    let place = r.report.other_place(first.span, owner.span);
    let both = both(&first, owner);
    r.error(
        owner.span,
        format!("which version runs on {both} is read at one place: `{}`", clean(&shown)),
    )
    .hint(format!(
        "evidence of one would count for the other: give each a `url` of its own, or write  \
             {{{{ environment.name }}}}  into `observe` (the first is in {place})"
    ));
    true
}

/// Where the version is read, as it is shown and with all that could make a difference; `None`
/// where that cannot be known, or is looked at otherwise.
fn read_at(platform: &Platform, owner: &Owner, one: One<'_>) -> Option<(String, String)> {
    let fill = |template| fill(template, &owner.service, one);
    let shown = match &platform.observe.kind {
        ObserveKind::Http { path, .. } => {
            let path = fill(path)?;
            if path.contains("://") { path } else { format!("{}{path}", one.2.url.as_ref()?) }
        }
        ObserveKind::File(path) => normal(&fill(path)?),
        ObserveKind::Command(_) | ObserveKind::Link => return None,
    };
    let mut whole = format!("{shown}\n{:?}", platform.observe.version);
    if let ObserveKind::Http { headers, .. } = &platform.observe.kind {
        for (name, value) in headers {
            whole.push_str(&format!("\n{name}: {}", fill(value)?));
        }
    }
    Some((shown, whole))
}

fn url(r: &mut Reader<'_>, urls: &mut BTreeMap<String, Owner>, owner: &Owner, one: One<'_>) {
    let Some(url) = &one.2.url else { return };
    let first = urls.entry(url.clone()).or_insert_with(|| owner.clone()).clone();
    if first.environment == owner.environment {
        return;
    }
    let place = r.report.other_place(first.span, owner.span);
    let both = both(&first, owner);
    r.report.warning(owner.span, format!("{both} have the same url: `{}`", clean(url))).hint(
        format!("checks of one look at the other: give each its own (the first is in {place})"),
    );
}

/// Both, in the words that tell them apart.
fn both(first: &Owner, second: &Owner) -> String {
    let full = first.service != second.service;
    let one = |owner: &Owner| {
        let Owner { service, environment, target, .. } = owner;
        if full {
            format!("{service}/{environment}/{target}")
        } else {
            format!("{environment}/{target}")
        }
    };
    format!("{} and {}", one(first), one(second))
}

/// The template with what is known of a target. What only a release says is the same for all.
fn fill(template: &Template, service: &ServiceName, one: One<'_>) -> Option<String> {
    let (environment, name, target) = one;
    let value = |variable: &Variable| match variable {
        Variable::Service => Some(service.to_string()),
        Variable::Environment => Some(environment.to_string()),
        Variable::Target => Some(name.to_string()),
        Variable::Site => Some(target.site.to_string()),
        Variable::Platform => Some(target.platform.to_string()),
        Variable::Url => target.url.clone(),
        Variable::TargetVar(key) => target.vars.get(key).cloned(),
        Variable::Version
        | Variable::ReleaseDigest
        | Variable::PreviousVersion
        | Variable::Out
        | Variable::Secret(_) => Some(format!("{{{{ {variable} }}}}")),
    };
    template.fill(value).ok()
}

/// The path without what makes no difference.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let start = if path.starts_with('/') { "/" } else { "" };
    format!("{start}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, brief, in_platforms, in_targets, load_one};

    #[test]
    fn two_targets_are_not_deployed_to_one_directory() {
        bad(
            in_platforms,
            &[
                (
                    "{ deploy: { files: { root: '/srv/{{ target.name }}' } } }",
                    "5:48 [a] staging/a and production/a are both deployed to `/srv/a` → deploying one would switch the other: write  {{ environment.name }}  into `root` of the platform vm (the first is in line 4)",
                ),
                (
                    "{ deploy: { files: { root: 'srv/{{ target.vars.host }}/../{{ target.site }}/.', link: '{{x}}' } } }",
                    "5:48 [a] staging/a and production/a are both deployed to `srv/a` → deploying one would switch the other: write  {{ environment.name }}  into `root` of the platform vm (the first is in line 4)",
                ),
                (
                    "{ deploy: { files: { root: './/srv/{{ target.vars.host }}' } } }",
                    "5:48 [a] staging/a and production/a are both deployed to `srv/h` → deploying one would switch the other: write  {{ environment.name }}  into `root` of the platform vm (the first is in line 4)",
                ),
            ],
        );
    }

    #[test]
    fn two_environments_are_not_observed_at_one_place() {
        bad(
            in_platforms,
            &[
                (
                    "{ deploy: { command: [./d] }, observe: { http: 'http://x.example/{{ target.site }}' } }",
                    "5:48 [a] which version runs on staging/a and production/a is read at one place: `http://x.example/a` → evidence of one would count for the other: give each a `url` of its own, or write  {{ environment.name }}  into `observe` (the first is in line 4)",
                ),
                (
                    "{ deploy: { command: [./d] }, observe: { file: 'at/{{ target.name }}' } }",
                    "5:48 [a] which version runs on staging/a and production/a is read at one place: `at/a` → evidence of one would count for the other: give each a `url` of its own, or write  {{ environment.name }}  into `observe` (the first is in line 4)",
                ),
            ],
        );
        bad(
            in_targets,
            &[(
                "{ platform: vm, url: http://b.example/ }",
                "5:48 [a] which version runs on staging/a and production/a is read at one place: `http://b.example/v` → evidence of one would count for the other: give each a `url` of its own, or write  {{ environment.name }}  into `observe` (the first is in line 4)",
            )],
        );
        for fine in [
            "http: { path: 'http://x.example/v', headers: { Host: '{{ environment.name }}' } }",
            "file: '{{ environment.name }}/v'",
        ] {
            let text =
                in_platforms(&format!("{{ deploy: {{ command: [./d] }}, observe: {{ {fine} }} }}"));
            assert_eq!(
                load_one(&text)
                    .map(|loaded| brief(&loaded.warnings))
                    .map_err(|errors| brief(&errors)),
                Ok(String::new())
            );
        }
    }

    #[test]
    fn a_url_of_two_environments_is_a_warning_where_something_else_is_observed() {
        let text = in_targets("{ url: http://b.example }")
            .replace("observe: { http: /v }", "observe: { command: [./v] }");
        let warnings = load_one(&text).expect("valid").warnings;
        assert_eq!(
            brief(&warnings),
            "5:48 [a] staging/a and production/a have the same url: `http://b.example` → checks of one look at the other: give each its own (the first is in line 4)"
        );
    }

    #[test]
    fn two_services_and_two_targets_of_one_environment_are_told_apart() {
        let service = |name: &str, targets: &str, root: &str| {
            format!(
                "  {name}:\n    environments: {{ e: {{ targets: {{ {targets} }} }} }}\n    platforms: {{ p: {{ deploy: {{ files: {{ root: '{root}' }} }} }} }}\n"
            )
        };
        let said = |text: &str| brief(&load_one(text).expect_err("refused"));
        let two = format!(
            "services:\n{}{}",
            service("s", "a: {}", "/srv/a"),
            service("t", "b: {}", "/srv/a")
        );
        assert_eq!(
            said(&two),
            "6:37 [b] s/e/a and t/e/b are both deployed to `/srv/a` → deploying one would switch the other: write  {{ service.name }}  into `root` of the platform p (the first is in line 3)"
        );
        let one =
            format!("services:\n{}", service("s", "a: {}, b: {}", "/srv/{{ environment.name }}"));
        assert_eq!(said(&one), "3:44 [b] e/a and e/b are both deployed to `/srv/e` → deploying one would switch the other: write  {{ target.name }}  into `root` of the platform p".to_owned() + " (the first is in line 3)");
    }
}
