//! `/tokens`: who may ask this server for what.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use plimsoll_core::Timestamp;
use plimsoll_core::ids::{PersonName, ServiceName, TokenName};
use plimsoll_core::record::{Permission, Scope, Token};
use plimsoll_engine::desk::Desk;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{TokenMadeView, TokenView, TokensView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::{Caller, Secret, TOKEN_PREFIX};
use crate::problem::Problem;
use crate::site::Web;

use super::once::SaidOnce;
use super::shape::{self, Asked, Named, Nothing, Sent};
use super::{Route, RouteDoc, schema};

pub(super) fn routes() -> Vec<Route> {
    let words =
        ("listTokens", "All tokens, those that are over or revoked included; never their secrets.");
    let list_doc = RouteDoc::new("get", "/tokens", words, Some(Permission::Administer))
        .answers::<TokensView>(200, "The tokens.");
    let words = ("createToken", "Makes a token. Its secret is in this answer, once.");
    let create_doc = RouteDoc::new("post", "/tokens", words, Some(Permission::Administer))
        .json_body::<TokenRequest>(json!({
            "name": "shop-ci", "person": "shop-ci", "services": ["planet4"],
            "permissions": ["report", "deploy"], "until": "2099-01-31T00:00:00Z",
        }))
        .answers::<TokenMadeView>(201, "It is made.");
    let words = ("revokeToken", "Revokes a token, with all sessions that were opened with it.");
    let revoke_doc = RouteDoc::new("delete", "/tokens/{name}", words, Some(Permission::Administer))
        .path("name", "Its name.", "shop-ci")
        .query("reason", true, "Why.", "no longer needed")
        .answers::<TokenView>(200, "It allows nothing any more.");
    vec![
        Route { handler: get(list), doc: list_doc },
        Route { handler: post(create), doc: create_doc },
        Route { handler: delete(revoke), doc: revoke_doc },
    ]
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Problem> {
    caller.may(Permission::Administer, None)?;
    let desk = site.desk();
    let known = desk.tokens().await?;
    let mut tokens = Vec::new();
    for state in known.tokens.values() {
        let used = desk.token_used(&state.token.name).await?;
        tokens.push(TokenView::of(state, used, desk.now()));
    }
    shape::answer(&desk, StatusCode::OK, &TokensView { tokens })
}

/// A token that is to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TokenRequest {
    /// Its name. A name is given once.
    #[schemars(with = "schema::Name")]
    name: TokenName,
    /// Who works with it: what is done is written down as done by them.
    #[schemars(with = "schema::Person")]
    person: PersonName,
    /// For these services; for all when absent.
    #[serde(default)]
    #[schemars(with = "Option<Vec<schema::Name>>", length(min = 1))]
    services: Option<BTreeSet<ServiceName>>,
    /// What it allows. To read is part of each.
    #[schemars(with = "Vec<schema::Permit>", length(min = 1))]
    permissions: BTreeSet<Permission>,
    /// Until when (exclusive; RFC 3339).
    #[schemars(with = "schema::Moment")]
    until: Timestamp,
}

async fn create(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<TokenRequest>,
) -> Result<Response, Problem> {
    caller.may(Permission::Administer, None)?;
    let TokenRequest { name, person, services, permissions, until } = asked;
    if services.as_ref().is_some_and(BTreeSet::is_empty) {
        return Err(Problem::wrong("it would be for no service")
            .hint("name services, or leave  services  away for all of them"));
    }
    let desk = site.desk();
    let secret = Secret::random(TOKEN_PREFIX).map_err(|error| {
        let words = format!("this machine has no randomness to give: {error}");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words)
    })?;
    let scope = Scope { services, permissions };
    let token = Token { name: name.clone(), person, scope, hash: secret.hash(), until };
    desk.create_token(&token, caller.person()?).await?;
    let made =
        TokenMadeView { token: view(&desk, &name).await?, secret: secret.reveal().to_owned() };
    let mut response = shape::answer(&desk, StatusCode::CREATED, &made)?;
    response.extensions_mut().insert(SaidOnce);
    Ok(response)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: Typed,
}

async fn revoke(
    State(site): State<Web>,
    caller: Caller,
    Named(name): Named<TokenName>,
    Asked(Because { reason }): Asked<Because>,
) -> Result<Response, Problem> {
    caller.may(Permission::Administer, None)?;
    let desk = site.desk();
    desk.revoke_token(&name, &reason, caller.person()?).await?;
    shape::answer(&desk, StatusCode::OK, &view(&desk, &name).await?)
}

async fn view(desk: &Desk, name: &TokenName) -> Result<TokenView, Problem> {
    let tokens = desk.tokens().await?;
    let missing = || Problem::not_found(format!("there is no token {name}"));
    let state = tokens.tokens.get(name).ok_or_else(missing)?;
    let used = desk.token_used(name).await?;
    Ok(TokenView::of(state, used, desk.now()))
}
