//! `/releases`: naming releases, and looking at them.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use plimsoll_core::catalog::ChangeClass;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{ArtifactName, ReleaseId, ServiceName, Version};
use plimsoll_core::record::{Artifact, ArtifactKind, Permission, Release};
use plimsoll_engine::desk::{Added, Desk, DeskError};
use plimsoll_engine::ports::BlobError;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ReleaseView, ReleasesView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::etag::Position;
use super::shape::{self, Asked, Named, Nothing, Sent};
use super::{Route, RouteDoc, etag, schema};

/// How many releases are listed when nobody says how many.
const LISTED: usize = 40;

pub(super) fn routes() -> Vec<Route> {
    let words = ("listReleases", "The releases of a service, newest first.");
    let list_doc = RouteDoc::new("get", "/releases", words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .query("limit", false, "How many at most; 40 when absent.", "20")
        .query("older-than", false, "Only those named before this version.", "1.23")
        .answers::<ReleasesView>(200, "The releases; the Link header says where older ones are.");
    let words = ("getRelease", "One release.");
    let one = RouteDoc::new("get", "/releases/{release}", words, Some(Permission::Read))
        .path("release", "The release.", "planet4@1.23")
        .answers::<ReleaseView>(200, "The release.");
    let words = (
        "addRelease",
        "Names a release: what it is made of, by content. A name is given once; the same with the same content again is no harm. Files and directories are uploaded as blobs before.",
    );
    let add_doc = RouteDoc::new("post", "/releases", words, Some(Permission::Report))
        .json_body::<ReleaseRequest>(json!({
            "release": "planet4@1.24",
            "artifacts": [{
                "kind": "named", "name": "image",
                "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "source": "registry.example/planet4:1.24",
            }],
            "change": "minor",
            "notes": "new checkout",
        }))
        .answers::<ReleaseView>(201, "It is named now.")
        .answers::<ReleaseView>(200, "It was named before, with the very same content.");
    vec![
        Route { handler: get(list), doc: list_doc },
        Route { handler: get(show), doc: one },
        Route { handler: post(add), doc: add_doc },
    ]
}

/// A release that is to be named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReleaseRequest {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// What it is made of.
    #[schemars(length(min = 1, max = 200))]
    artifacts: Vec<ReleasePart>,
    /// How large the change is; rules may apply to some only.
    #[serde(default = "minor")]
    #[schemars(with = "schema::Change")]
    change: ChangeClass,
    /// It cannot be undone: it is never rolled back by itself, a person is called instead.
    #[serde(default)]
    irreversible: bool,
    /// Free words.
    #[serde(default)]
    #[schemars(with = "schema::Note")]
    notes: Typed,
}

const fn minor() -> ChangeClass {
    ChangeClass::Minor
}

/// One part of a release.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
enum ReleasePart {
    /// One file, uploaded before.
    File {
        #[schemars(with = "schema::Name")]
        name: ArtifactName,
        #[schemars(with = "schema::DigestText")]
        digest: Digest,
        /// Where it came from, for people.
        #[serde(default)]
        #[schemars(with = "schema::Note")]
        source: Typed,
    },
    /// A directory: the list of its files (its manifest) and each of them, uploaded before.
    Directory {
        #[schemars(with = "schema::Name")]
        name: ArtifactName,
        #[schemars(with = "schema::DigestText")]
        digest: Digest,
        /// Where it came from, for people.
        #[serde(default)]
        #[schemars(with = "schema::Note")]
        source: Typed,
    },
    /// A git commit, by its full id.
    Git {
        #[schemars(with = "schema::Name")]
        name: ArtifactName,
        #[schemars(with = "schema::Commit")]
        commit: String,
        /// Where it came from, for people.
        #[serde(default)]
        #[schemars(with = "schema::Note")]
        source: Typed,
    },
    /// Anything that a digest stands for: an image, a package, a chart.
    Named {
        #[schemars(with = "schema::Name")]
        name: ArtifactName,
        #[schemars(with = "schema::DigestText")]
        digest: Digest,
        /// Where it came from, for people.
        #[serde(default)]
        #[schemars(with = "schema::Note")]
        source: Typed,
    },
}

async fn add(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(naming): Sent<ReleaseRequest>,
) -> Result<Response, Problem> {
    let id = naming.release;
    caller.may(Permission::Report, Some(&id.service))?;
    let desk = site.desk();
    desk.service(&id.service)?;
    let mut artifacts = Vec::new();
    for part in naming.artifacts {
        artifacts.push(artifact(&desk, part)?);
    }
    one_of_each_name(&artifacts)?;
    desk.prove_artifacts(&artifacts).await.map_err(unproven)?;
    let release = Release {
        id: id.clone(),
        artifacts,
        change: naming.change,
        irreversible: naming.irreversible,
        notes: desk.note("notes", &naming.notes)?,
        added_at: desk.now(),
        added_by: caller.person()?.clone(),
    };
    let status = match desk.add_release(release).await? {
        Added::New => StatusCode::CREATED,
        Added::Same | Added::Named => StatusCode::OK,
    };
    let view = ReleaseView::from(&desk.release(&id).await?);
    shape::made(&desk, status, &format!("releases/{id}"), &view)
}

fn one_of_each_name(artifacts: &[Artifact]) -> Result<(), Problem> {
    if artifacts.is_empty() {
        return Err(Problem::wrong("a release is made of at least one artifact"));
    }
    let mut names: Vec<_> = artifacts.iter().map(|artifact| &artifact.name).collect();
    names.sort();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Problem::wrong(format!("two artifacts are called {}", pair[0]))),
        None => Ok(()),
    }
}

fn artifact(desk: &Desk, part: ReleasePart) -> Result<Artifact, Problem> {
    let source = |typed: &Typed| desk.note("source", typed);
    Ok(match part {
        ReleasePart::File { name, digest, source: from } => {
            let source = source(&from)?;
            Artifact { name, kind: ArtifactKind::File, digest, source, kept: true }
        }
        ReleasePart::Directory { name, digest, source: from } => {
            let source = source(&from)?;
            Artifact { name, kind: ArtifactKind::Directory, digest, source, kept: true }
        }
        ReleasePart::Git { name, commit, source: from } => {
            let is_id = matches!(commit.len(), 40 | 64)
                && commit.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
            if !is_id {
                return Err(Problem::wrong(
                    "a commit is named by its full id, 40 or 64 hexadecimal digits",
                ));
            }
            let digest = Digest::of(commit.as_bytes());
            let source = source(&from)?;
            Artifact { name, kind: ArtifactKind::Git { commit }, digest, source, kept: false }
        }
        ReleasePart::Named { name, digest, source: from } => {
            let source = source(&from)?;
            Artifact { name, kind: ArtifactKind::Named, digest, source, kept: false }
        }
    })
}

/// What was not uploaded is said as that, with where to.
fn unproven(error: DeskError) -> Problem {
    let DeskError::Blob(BlobError::Missing { digest }) = error else { return error.into() };
    let words = format!("{digest} is not kept here");
    Problem::new(StatusCode::CONFLICT, "not-uploaded", words)
        .hint(format!("upload it first: PUT /api/v1/blobs/{digest}"))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Which {
    service: ServiceName,
    limit: Option<usize>,
    older_than: Option<Version>,
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Which { service, limit, older_than } = which;
    caller.may(Permission::Read, Some(&service))?;
    let limit = super::page::limit(limit, LISTED)?;
    let desk = site.desk();
    desk.service(&service)?;
    let state = desk.load(&service).await?;
    let mut releases: Vec<&Release> = state.releases.values().collect();
    releases.sort_by_key(|one| std::cmp::Reverse((one.added_at, one.id.version.clone())));
    if let Some(version) = older_than {
        let place = releases.iter().position(|one| one.id.version == version);
        let place =
            place.ok_or_else(|| Problem::not_found(format!("{service} has no {version}")))?;
        releases.drain(..=place);
    }
    let more = releases.len() > limit;
    releases.truncate(limit);
    let view = ReleasesView {
        service: service.to_string(),
        releases: releases.iter().map(|release| ReleaseView::from(*release)).collect(),
    };
    let mut response = etag::of(&desk, &headers, &view)?;
    if let (true, Some(last)) = (more, releases.last()) {
        let next = format!(
            "/api/v1/releases?service={service}&limit={limit}&older-than={}",
            super::page::escaped(last.id.version.as_str())
        );
        super::page::link_next(&mut response, &next);
    }
    Ok(response)
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<ReleaseId>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::Read, Some(&id.service))?;
    let desk = site.desk();
    let position = Position::of(&desk, &caller).await?;
    if let Some(unchanged) = position.unchanged(&headers) {
        return Ok(unchanged);
    }
    position.answer(&desk, &ReleaseView::from(&desk.known_release(&id).await?))
}
