//! What every kind of forge keeps: statuses arrive, saying the same again does no harm, and each
//! fault is what it is.

use plimsoll_core::digest::Digest;
use plimsoll_core::record::{
    CommitStatus, ForgeFaultKind, RuleAnswer, RuleRequest, RuleVerdict, StatusState,
};
use plimsoll_engine::ports::Forges as _;

use crate::bed::{Bed, COMMIT, kind, name, status};
use crate::stand_in::{Mood, Speaks, StandIn, TOKEN, UNKNOWN};

const ALL: [Speaks; 3] = [Speaks::Github, Speaks::Gitlab, Speaks::Gitea];

/// What a forge calls the four states.
const fn words(speaks: Speaks) -> [(StatusState, &'static str); 4] {
    let failed = matches!(speaks, Speaks::Gitlab);
    let (failure, error) = if failed { ("failed", "failed") } else { ("failure", "error") };
    [
        (StatusState::Pending, "pending"),
        (StatusState::Success, "success"),
        (StatusState::Failure, failure),
        (StatusState::Error, error),
    ]
}

#[tokio::test]
async fn each_state_arrives_with_its_context_its_words_and_its_address() {
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        for (state, word) in words(speaks) {
            bed.forges.post_status(&name(), &status(state, word)).await.expect("taken");
            let told = stand_in.stands(COMMIT, "plimsoll/production").expect("it was told");
            assert_eq!(told.state, word, "{speaks:?}");
            assert_eq!((told.repository.as_str(), told.description.as_str()), ("acme/shop", word));
            assert!(told.url.is_some_and(|url| url.ends_with("/gate/shop@1/production")));
        }
        assert_eq!(stand_in.refused(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn saying_the_same_again_is_no_fault() {
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        for state in [StatusState::Pending, StatusState::Pending, StatusState::Success] {
            bed.forges.post_status(&name(), &status(state, "why")).await.expect("taken");
        }
        let told = stand_in.stands(COMMIT, "plimsoll/production").expect("it was told");
        assert_eq!(told.state, "success");
    }
}

#[tokio::test]
async fn the_longest_description_is_taken() {
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        let long = "ö".repeat(kind(speaks).longest_description());
        let status = status(StatusState::Failure, &long);
        bed.forges.post_status(&name(), &status).await.expect("taken");
        let told = stand_in.stands(COMMIT, "plimsoll/production").expect("it was told");
        assert_eq!(told.description, long);
    }
}

#[tokio::test]
async fn each_fault_is_what_it_is_and_names_no_secret() {
    use ForgeFaultKind::{Away, Limited, NotAllowed, Refused};
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        for (mood, kind, words) in [
            (Mood::Broken, Away, "502"),
            (Mood::WantsLess, Limited, "429"),
            (Mood::KnowsNobody, NotAllowed, "401"),
            (Mood::Redirects, Refused, "301"),
            (Mood::SaysNonsense, Away, "no JSON"),
        ] {
            stand_in.feels(mood);
            let status = status(StatusState::Pending, "why");
            let fault = bed.forges.post_status(&name(), &status).await.expect_err("a fault");
            assert_eq!(fault.kind, kind, "{speaks:?} {mood:?}: {}", fault.words);
            assert!(fault.words.contains(words), "{}", fault.words);
            assert!(!fault.words.contains(TOKEN), "{}", fault.words);
            assert_eq!(fault.not_before.is_some(), mood == Mood::WantsLess);
        }
        stand_in.feels(Mood::Well);
        let unknown =
            CommitStatus { commit: UNKNOWN.to_owned(), ..status(StatusState::Pending, "") };
        let fault = bed.forges.post_status(&name(), &unknown).await.expect_err("a fault");
        assert_eq!(fault.kind, Refused, "{}", fault.words);
        let (port, url) = (stand_in.port, stand_in.url());
        drop(stand_in);
        let status = status(StatusState::Pending, "why");
        let fault = bed.forges.post_status(&name(), &status).await.expect_err("a fault");
        assert_eq!(fault.kind, Away, "{}", fault.words);
        let again = StandIn::start_at(speaks, port);
        assert_eq!(again.url(), url);
        bed.forges.post_status(&name(), &status).await.expect("it is back");
    }
}

#[tokio::test]
async fn a_wrong_token_and_one_that_is_not_there_are_for_a_person() {
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        let status = status(StatusState::Pending, "why");
        bed.secret("token", "another-token");
        let fault = bed.forges.post_status(&name(), &status).await.expect_err("a fault");
        assert_eq!(fault.kind, ForgeFaultKind::NotAllowed, "{}", fault.words);
        std::fs::remove_file(bed.dir.path().join("token")).expect("removed");
        let fault = bed.forges.post_status(&name(), &status).await.expect_err("a fault");
        assert_eq!(fault.kind, ForgeFaultKind::NotAllowed, "{}", fault.words);
        assert!(fault.words.contains("token is not there"), "{}", fault.words);
        bed.secret("token", TOKEN);
        bed.forges.post_status(&name(), &status).await.expect("it is read anew");
    }
}

#[tokio::test]
async fn a_token_answers_no_deployment_and_that_is_in_the_way_of_nothing_else() {
    for speaks in ALL {
        let stand_in = StandIn::start(speaks);
        let bed = Bed::with_token(speaks, &stand_in.url());
        let environment = "production".parse().expect("a name");
        let request = RuleRequest { environment, run: 42 };
        let answer = RuleAnswer {
            verdict: RuleVerdict::Approved,
            comment: String::new(),
            decisions: Vec::new(),
            of: Digest::of(b""),
        };
        let repository = "acme/shop".parse().expect("a repository");
        let told = bed.forges.answer_rule(&name(), &repository, &request, &answer).await;
        assert_eq!(told.expect_err("no app").kind, ForgeFaultKind::Refused, "{speaks:?}");
        assert!(stand_in.requests().is_empty());
    }
}
