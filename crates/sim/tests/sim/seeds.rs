//! Thousands of lives. `PLIMSOLL_SEEDS=n` sets how many, `PLIMSOLL_SEED=n` lives one of them again
//! and prints it.

use std::collections::BTreeMap;

use crate::life::live;
use crate::story::{in_short, tell};

/// How many lives `make test` tries, all shards together.
const SEEDS: u64 = 10_000;

/// Nextest runs each in a process of its own.
const SHARDS: u64 = 8;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} has to be a number, not `{text}`")))
}

fn one(seed: u64) -> Vec<&'static str> {
    let lived = std::panic::catch_unwind(|| {
        tell(async {
            match live(seed).await {
                Ok((_, ends)) => Ok(ends),
                Err((sim, fault)) => Err(format!("{fault}\n{}", in_short(&sim))),
            }
        })
    });
    match lived {
        Ok(Ok(ends)) => ends,
        Ok(Err(fault)) => panic!("PLIMSOLL_SEED={seed}: {fault}"),
        Err(_) => panic!("PLIMSOLL_SEED={seed} panicked"),
    }
}

fn shard(shard: u64) {
    if number("PLIMSOLL_SEED").is_some() {
        return;
    }
    let seeds = number("PLIMSOLL_SEEDS").unwrap_or(SEEDS);
    let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in (0..seeds).filter(|seed| seed % SHARDS == shard) {
        for end in one(seed) {
            *ends.entry(end).or_default() += 1;
        }
    }
    eprintln!("{ends:?}");
    if seeds >= SEEDS {
        for end in ["verified good", "rolled back", "needs a person", "withdrawn", "refused"] {
            assert!(ends.contains_key(end), "no seed of this shard ended {end}: {ends:?}");
        }
    }
}

#[test]
fn one_seed_lived_again() {
    let Some(seed) = number("PLIMSOLL_SEED") else { return };
    tell(async {
        match live(seed).await {
            Ok((sim, ends)) => eprintln!("{}\n{ends:?}", in_short(&sim)),
            Err((sim, fault)) => panic!("{}\n{fault}", in_short(&sim)),
        }
    });
}

macro_rules! shards {
    ($($name:ident = $number:literal)*) => { $(
        #[test]
        fn $name() {
            shard($number);
        }
    )* };
}

shards! {
    whatever_goes_wrong_the_invariants_hold_1_of_8 = 0
    whatever_goes_wrong_the_invariants_hold_2_of_8 = 1
    whatever_goes_wrong_the_invariants_hold_3_of_8 = 2
    whatever_goes_wrong_the_invariants_hold_4_of_8 = 3
    whatever_goes_wrong_the_invariants_hold_5_of_8 = 4
    whatever_goes_wrong_the_invariants_hold_6_of_8 = 5
    whatever_goes_wrong_the_invariants_hold_7_of_8 = 6
    whatever_goes_wrong_the_invariants_hold_8_of_8 = 7
}
