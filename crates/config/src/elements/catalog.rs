//! The whole: what all files say together.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use plimsoll_core::catalog::{BranchRef, Catalog, Limits, SecretRef, Service};
use plimsoll_core::ids::{EnvironmentName, PersonName, RoleName, SecretName, ServiceName};

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional};
use crate::text::{Entry, Node, Span, clean};

use super::branches::{read_branch, warn_of_services_without_paths};
use super::forge::{FORGE, read_forge};
use super::limits::{LIMITS, read_limits};
use super::name::key_name;
use super::repository_paths::{REPOSITORY_PATHS, read_repository_paths};
use super::roles::read_role;
use super::secrets::read_secret;
use super::service::{SERVICE, read_service};
use super::trust::{TRUST, read_trust};

/// A file.
pub(crate) static FILE: Object = Object {
    name: "file",
    doc: "The configuration is one file, or one that includes others. Each name is defined once \
          across all of them.",
    keys: &[
        optional(
            "include",
            Shape::OneOrList(&Shape::Text("the path of a file")),
            "Other files, relative to this one, inside its folder. One `*` can stand in the last part.",
        ),
        optional(
            "services",
            Shape::Map("the name of a service", &Shape::Object(&SERVICE)),
            "The services.",
        ),
        optional(
            "roles",
            Shape::Map("the name of a role", &Shape::List(&Shape::Name("person"))),
            "Who holds which role.",
        ),
        optional(
            "secrets",
            Shape::Map("the name of a secret", &Shape::Text("env:NAME or file:PATH")),
            "Where secrets are read from when they are needed. They are never written here, and never shown.",
        ),
        optional("limits", Shape::Object(&LIMITS), "How much is done at once."),
        optional(
            "trust",
            Shape::Map("the name of a trusted issuer", &Shape::Object(&TRUST)),
            "Whose tokens `plimsoll serve` accepts beside its own.",
        ),
        optional(
            "branches",
            Shape::Map("a branch, or its full ref", &Shape::Name("environment")),
            "Protected branches, and the environment that each is deployed to: `plimsoll hook pre-receive` lets a \
             push enter only if the gate of that environment allows the very commit.",
        ),
        optional(
            "not-deployed",
            REPOSITORY_PATHS,
            "Files of the repository that are part of no service, unless one names them in its `paths`: \
             `docs/**`, `*.md`. A push that changes only these is not asked about.",
        ),
        optional(
            "forges",
            Shape::Map("the name of a forge", &Shape::Object(&FORGE)),
            "The forges that `plimsoll serve` tells how commits stand, and whose webhooks it takes.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ include: [checks.yaml, sites/*.yaml], roles: { editors: [anna, ben] }, secrets: { token: \"env:DEPLOY_TOKEN\" } }",
};

/// What all files say together. What is declared for all services is read first.
pub(crate) fn read_catalog(r: &mut Reader<'_>, roots: &[Node]) -> Option<Catalog> {
    let files: Vec<Fields<'_>> = roots.iter().filter_map(|root| r.object(root, &FILE)).collect();
    #[cfg(test)]
    crate::testing::asked(FILE.name, "include");
    let mut roles: BTreeMap<RoleName, _> = BTreeMap::new();
    for entry in sections(r, &files, "roles", ("role", "roles")) {
        read_role(r, entry, &mut roles);
    }
    let mut secrets = BTreeMap::new();
    let mut names = BTreeSet::new();
    for entry in sections(r, &files, "secrets", ("secret", "secrets")) {
        let Some(name) = key_name::<SecretName>(r, entry) else { continue };
        names.insert(name.clone());
        secrets.extend(read_secret(r, &entry.node).map(|secret: SecretRef| (name, secret)));
    }
    r.secrets = Rc::new(names);
    r.roles = Rc::new(roles.keys().cloned().collect());
    let limits = one_limits(r, &files);
    let mut services = BTreeMap::new();
    let mut places = BTreeMap::new();
    let entries = sections(r, &files, "services", ("service", "services"));
    let nothing = entries.is_empty() && r.report.errors() == 0;
    if let (true, Some(root)) = (nothing, roots.first()) {
        r.error(root.span, "there is no service")
            .hint("add one under services:, or let  plimsoll init  write a first file");
    }
    for entry in entries {
        let Some(service) = read_service(r, entry) else { continue };
        places.insert(service.name.clone(), entry.span);
        services.insert(service.name.clone(), service);
    }
    let names: BTreeSet<ServiceName> = services.keys().cloned().collect();
    let entries = sections(r, &files, "trust", ("trusted issuer", "trusted issuers"));
    let trust = entries.into_iter().filter_map(|entry| read_trust(r, entry, &names)).collect();
    let entries = sections(r, &files, "forges", ("forge", "forges"));
    let forges = entries.into_iter().filter_map(|entry| read_forge(r, entry, &names)).collect();
    let branches = branches(r, &files, &services);
    warn_of_services_without_paths(r, &branches, &services, &places);
    let not_deployed: Vec<_> =
        files.iter().filter_map(|fields| fields.get("not-deployed")).collect();
    let not_deployed = not_deployed
        .into_iter()
        .filter_map(|node| read_repository_paths(r, node))
        .flatten()
        .collect();
    let roles: BTreeMap<RoleName, BTreeSet<PersonName>> = roles;
    Some(Catalog {
        services,
        roles,
        secrets,
        limits: limits?,
        trust,
        branches,
        not_deployed,
        forges,
    })
}

/// The entries of one section in all files. A name that an earlier file has is reported.
fn sections<'n>(
    r: &mut Reader<'_>,
    files: &[Fields<'n>],
    key: &'static str,
    (what, many): (&str, &str),
) -> Vec<&'n Entry> {
    let mut seen: BTreeMap<Rc<str>, Span> = BTreeMap::new();
    let mut all = Vec::new();
    for fields in files {
        let Some(node) = fields.get(key) else { continue };
        for entry in r.entries(node, many).unwrap_or_default() {
            if let Some(first) = seen.get(&entry.name).copied() {
                let place = r.report.other_place(first, entry.span);
                r.error(
                    entry.span,
                    format!("the {what} `{}` is defined twice", clean(&entry.name)),
                )
                .hint(format!("the first is in {place}"));
                continue;
            }
            seen.insert(entry.name.clone(), entry.span);
            all.push(entry);
        }
    }
    all
}

/// The protected branches. Services with errors hide their environments, so then none is unknown.
fn branches(
    r: &mut Reader<'_>,
    files: &[Fields<'_>],
    services: &BTreeMap<ServiceName, Service>,
) -> BTreeMap<BranchRef, EnvironmentName> {
    let mut branches = BTreeMap::new();
    let whole = r.report.errors() == 0;
    let environments = services.values().flat_map(|service| &service.environments);
    let known: BTreeSet<_> = environments.map(|environment| environment.name.clone()).collect();
    for entry in sections(r, files, "branches", ("branch", "branches")) {
        if whole {
            read_branch(r, entry, &known, &mut branches);
        }
    }
    branches
}

fn one_limits(r: &mut Reader<'_>, files: &[Fields<'_>]) -> Option<Limits> {
    let mut found: Option<(Span, Option<Limits>)> = None;
    for entry in files.iter().filter_map(|fields| fields.entry("limits")) {
        match &found {
            None => found = Some((entry.span, read_limits(r, &entry.node))),
            Some((first, _)) => {
                let place = r.report.other_place(*first, entry.span);
                r.error(entry.span, "`limits` is defined twice")
                    .hint(format!("the first is in {place}"));
            }
        }
    }
    found.map_or(Some(Limits::default()), |(_, limits)| limits)
}
