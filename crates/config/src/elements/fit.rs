//! Whether the parts of a service fit together.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{Check, Environment, Target, Variable};
use plimsoll_core::ids::{CheckName, EnvironmentName, TargetName};

use crate::reader::Reader;
use crate::render::names;

use super::environments::Environments;

/// A target with the name of its environment and its own.
pub(crate) type One<'a> = (&'a EnvironmentName, &'a TargetName, &'a Target);

/// Reports each variable used since the last look that one of the targets has no value for.
pub(crate) fn variables_have_values(r: &mut Reader<'_>, targets: &[One<'_>], user: &str) {
    for (variable, span) in std::mem::take(&mut r.used) {
        let key = match &variable {
            Variable::Url => None,
            Variable::TargetVar(key) => Some(key),
            Variable::Service
            | Variable::Environment
            | Variable::Target
            | Variable::Site
            | Variable::Platform
            | Variable::Version
            | Variable::ReleaseDigest
            | Variable::PreviousVersion
            | Variable::Out
            | Variable::Secret(_) => continue,
        };
        let lacks = |target: &Target| match key {
            Some(key) => !target.vars.contains_key(key),
            None => target.url.is_none(),
        };
        let without: Vec<String> = targets
            .iter()
            .filter(|(_, _, target)| lacks(target))
            .map(|(environment, name, _)| format!("{environment}/{name}"))
            .collect();
        if without.is_empty() {
            continue;
        }
        let list = names(without.iter().map(String::as_str), 3);
        let (what, hint) = match key {
            Some(key) => {
                (format!("`{variable}` is not on {list}"), format!("add  vars: {{ {key}: … }}"))
            }
            None => (
                format!("this needs the URL of the target, and there is none on {list}"),
                "add  url: https://…".to_owned(),
            ),
        };
        let narrower = if user == "check" { ", or limit the check by `only`" } else { "" };
        r.error(span, what).hint(format!("{hint}  there{narrower}"));
    }
}

/// What is allowed, but will not be what was meant.
pub(crate) fn warn(
    r: &mut Reader<'_>,
    environments: &Environments,
    checks: &BTreeMap<CheckName, Check>,
) {
    for environment in &environments.list {
        let Some(after) = &environment.after else { continue };
        let Some(before) = environments.list.iter().find(|other| other.name == *after) else {
            continue;
        };
        stand_ins(r, environments, environment, before);
        expected(r, environments, environment, before, checks);
    }
}

fn stand_ins(
    r: &mut Reader<'_>,
    environments: &Environments,
    environment: &Environment,
    before: &Environment,
) {
    let there: BTreeSet<_> =
        before.targets.values().map(|target| (&target.site, &target.platform)).collect();
    for (name, target) in &environment.targets {
        if there.contains(&(&target.site, &target.platform)) {
            continue;
        }
        let Some(span) = environments.place(&environment.name, Some(name)) else { continue };
        let (before, site, platform) = (&before.name, &target.site, &target.platform);
        r.report
            .warning(
                span,
                format!(
                    "no target of {before} stands for {}/{name}: its gate will refuse",
                    environment.name
                ),
            )
            .hint(format!(
                "add  {name}: {{ site: {site}, platform: {platform}, url: … }}  under {before}"
            ));
    }
}

fn expected(
    r: &mut Reader<'_>,
    environments: &Environments,
    environment: &Environment,
    before: &Environment,
    checks: &BTreeMap<CheckName, Check>,
) {
    let covered = before.targets.iter().any(|(name, target)| {
        checks.values().any(|check| check.only.covers(&before.name, name, target))
    });
    if covered || before.targets.is_empty() {
        return;
    }
    let Some(span) = environments.place(&environment.name, None) else { return };
    r.report
        .warning(
            span,
            format!(
                "no check is expected on {}: the gate of {} will refuse",
                before.name, environment.name
            ),
        )
        .hint("add one under checks:, like  home: { http: / }");
}
