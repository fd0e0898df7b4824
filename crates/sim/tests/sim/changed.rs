//! The configuration is changed while a promotion is under way and nobody drives it.

use std::time::Duration;

use plimsoll_core::catalog::{Catalog, Service};
use plimsoll_core::event::EventKind;
use plimsoll_core::units::Period;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::tasks::{Configuration, Ended};
use plimsoll_sim::{Shape, Sim};

use crate::story::{Cast, all_is_well, promote, running, sort, staged, tell};

fn service(catalog: &mut Catalog) -> &mut Service {
    catalog.services.get_mut("planet4").expect("the service of every story")
}

/// Another way of deploying to every target on virtual machines.
fn other_deployer(catalog: &mut Catalog) {
    let platform = service(catalog).platforms.get_mut("vm").expect("a platform of every story");
    platform.within = Period::from_mins(platform.within.as_millis() / 60_000 + 7);
}

/// The first wave runs 1.23 and is being watched when its driver is gone.
async fn left_in_the_first_wave() -> Sim {
    let mut sim = staged(11, &Shape::default(), "1.23").await;
    let cast = Cast::of(&sim);
    let cut_short = sim
        .process(async |desk| {
            tokio::time::timeout(Duration::from_secs(120), promote(desk, &cast, "1.23")).await
        })
        .await;
    assert!(cut_short.expect("alive").is_err(), "it is watched for five minutes");
    assert_eq!(running(&sim, &cast.production).matches("1.23").count(), 1);
    sim
}

async fn drive(sim: &mut Sim, configuration: Configuration) -> Result<Ended, DeskError> {
    let lane = sim.lane("production");
    let driven = sim.process(async |desk: &Desk| desk.drive_under(&lane, configuration).await);
    driven.await.expect("alive")
}

/// Nobody may go on with it; gives what was said.
async fn refused(sim: &mut Sim, configuration: Configuration) -> String {
    let (before, touched) = (sim.events().len(), sim.deeds().0.len());
    let error = drive(sim, configuration).await.expect_err("it was planned otherwise");
    assert!(matches!(error, DeskError::ConfigurationChanged { .. }), "{error:?}");
    assert_eq!((sim.events().len(), sim.deeds().0.len()), (before, touched), "nothing happened");
    error.to_string()
}

#[test]
fn a_promotion_is_not_gone_on_with_under_another_configuration_until_it_is_restored() {
    tell(async {
        let mut sim = left_in_the_first_wave().await;
        let planned = sim.catalog().clone();
        sim.reconfigure(other_deployer);
        let words = refused(&mut sim, Configuration::AsPlanned).await;
        assert!(words.contains("was planned under another configuration"), "{words}");
        let what = "how ca-vm, in-vm, nl-vm are deployed or observed was changed";
        assert!(words.contains(what), "{words}");
        sim.reconfigure(|catalog| *catalog = planned);
        let ended = drive(&mut sim, Configuration::AsPlanned).await.expect("as it was planned");
        assert_eq!(sort(&ended.end), "verified good");
        all_is_well(&sim);
    });
}

#[test]
fn what_a_wave_is_judged_by_is_part_of_what_was_planned() {
    tell(async {
        let mut sim = left_in_the_first_wave().await;
        sim.reconfigure(|catalog| drop(service(catalog).checks.remove("suite")));
        let words = refused(&mut sim, Configuration::AsPlanned).await;
        assert!(
            words.contains("the checks of ca-k8s, ca-vm, in-k8s and 3 more were changed"),
            "{words}"
        );
    });
}

#[test]
fn a_change_that_the_plan_does_not_depend_on_stops_nothing() {
    tell(async {
        let mut sim = left_in_the_first_wave().await;
        sim.reconfigure(|catalog| service(catalog).promotion.soak = Period::from_hours(9));
        let ended = drive(&mut sim, Configuration::AsPlanned).await.expect("nothing of it changed");
        assert_eq!(sort(&ended.end), "verified good");
        all_is_well(&sim);
    });
}

#[test]
fn a_person_who_wants_it_back_gets_it_back_under_the_present_configuration() {
    tell(async {
        let mut sim = left_in_the_first_wave().await;
        let cast = Cast::of(&sim);
        sim.reconfigure(other_deployer);
        // It would go forward: nobody asked for that.
        refused(&mut sim, Configuration::AsItIsNow).await;
        sim.process(async |desk| desk.abort(&cast.production, &cast.person, "enough").await)
            .await
            .expect("alive")
            .expect("it is under way");
        // Whoever merely goes on has not said that the present configuration is meant.
        refused(&mut sim, Configuration::AsPlanned).await;
        let ended = drive(&mut sim, Configuration::AsItIsNow).await.expect("a person wants so");
        assert_eq!(sort(&ended.end), "rolled back");
        assert_eq!(running(&sim, &cast.production).matches("1.22").count(), 6);
        let written = sim.events().into_iter().any(|event| match event.kind {
            EventKind::DriverClaimed { changed, .. } => {
                changed.iter().any(|target| target.as_str() == "nl-vm")
            }
            _ => false,
        });
        assert!(written, "the ledger says under which configuration it went back");
        all_is_well(&sim);
    });
}
