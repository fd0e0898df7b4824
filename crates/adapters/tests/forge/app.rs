//! A GitHub App: its proof of who it is, its tokens, check runs, and deployments that wait.

use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::{ForgeFaultKind, RuleAnswer, RuleRequest, RuleVerdict, StatusState};
use plimsoll_engine::ports::Forges as _;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;

use crate::bed::{Bed, COMMIT, name, status};
use crate::stand_in::{Mood, Speaks, StandIn};

/// A key as GitHub gives it, made by openssl in `dir`, and its public half (PKCS#1, DER).
fn key(bed: &Bed) -> Vec<u8> {
    let openssl = |args: &[&str]| {
        let done = Command::new("openssl").args(args).current_dir(bed.dir.path()).output();
        let done = done.expect("openssl is there");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    openssl(&["genrsa", "-traditional", "-out", "key", "2048"]);
    openssl(&["rsa", "-in", "key", "-RSAPublicKey_out", "-outform", "DER"])
}

fn decoded(part: &str) -> Value {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn an_app_proves_who_it_is_with_its_key_and_posts_check_runs() {
    let stand_in = StandIn::start(Speaks::Github);
    let bed = Bed::with_app(&stand_in.url());
    let public = key(&bed);
    for (state, said) in [
        (StatusState::Pending, "in_progress"),
        (StatusState::Success, "success"),
        (StatusState::Failure, "failure"),
        (StatusState::Error, "failure"),
    ] {
        bed.forges.post_status(&name(), &status(state, "why")).await.expect("taken");
        let told = stand_in.stands(COMMIT, "plimsoll/production").expect("it was told");
        assert_eq!((told.state.as_str(), told.description.as_str()), (said, "why"));
    }
    // Installation and token are asked for once; the token lasts.
    let assertions = stand_in.assertions();
    assert_eq!((assertions.len(), stand_in.requests().len()), (2, 6));
    let mut parts = assertions[0].rsplitn(2, '.');
    let (signature, signed) = (parts.next().expect("three"), parts.next().expect("parts"));
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64");
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
        .verify(signed.as_bytes(), &signature)
        .expect("it is signed with the key");
    let (head, claims) = signed.split_once('.').expect("two parts");
    assert_eq!(decoded(head)["alg"], "RS256");
    let claims = decoded(claims);
    assert_eq!(claims["iss"], "Iv23liabcdef");
    let now = Timestamp::now().as_second();
    let (from, until) =
        (claims["iat"].as_i64().expect("one"), claims["exp"].as_i64().expect("one"));
    assert!(from <= now - 50 && until > now && until <= now + 600, "{claims}");
}

#[tokio::test]
async fn a_deployment_that_waits_is_told_so_and_then_yes_or_no() {
    let stand_in = StandIn::start(Speaks::Github);
    let bed = Bed::with_app(&stand_in.url());
    key(&bed);
    let request = RuleRequest { environment: "production".parse().expect("a name"), run: 42 };
    let repository = "acme/shop".parse().expect("a repository");
    for (verdict, state) in [
        (RuleVerdict::Waiting, None),
        (RuleVerdict::Rejected, Some("rejected")),
        (RuleVerdict::Approved, Some("approved")),
    ] {
        let comment = "w".repeat(1_000);
        let answer = RuleAnswer { verdict, comment, decisions: Vec::new(), of: Digest::of(b"") };
        bed.forges.answer_rule(&name(), &repository, &request, &answer).await.expect("taken");
        let answered = stand_in.answered().pop().expect("it was answered");
        assert_eq!((answered.state.as_deref(), answered.run), (state, 42));
        assert_eq!(answered.environment, "production");
    }
    assert_eq!(stand_in.refused(), Vec::<String>::new());
}

#[tokio::test]
async fn a_key_that_is_none_is_for_a_person_and_a_revoked_token_is_asked_for_anew() {
    let stand_in = StandIn::start(Speaks::Github);
    let bed = Bed::with_app(&stand_in.url());
    let status = status(StatusState::Pending, "why");
    bed.secret("key", "-----BEGIN nonsense");
    let fault = bed.forges.post_status(&name(), &status).await.expect_err("no key");
    assert_eq!(fault.kind, ForgeFaultKind::NotAllowed, "{}", fault.words);
    assert!(fault.words.contains("private key"), "{}", fault.words);
    assert!(stand_in.requests().is_empty());
    key(&bed);
    bed.forges.post_status(&name(), &status).await.expect("taken");
    stand_in.feels(Mood::KnowsNobody);
    bed.forges.post_status(&name(), &status).await.expect_err("it was revoked");
    stand_in.feels(Mood::Well);
    bed.forges.post_status(&name(), &status).await.expect("taken with another one");
    let minted = stand_in.requests().iter().filter(|r| r.ends_with("access_tokens")).count();
    assert_eq!(minted, 2);
}
