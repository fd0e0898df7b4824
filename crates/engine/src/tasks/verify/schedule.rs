//! Which pair is run next: the longest that the limits leave room for.
//!
//! Pure: the list of pairs, longest first, goes in; whoever runs them says what begins and ends.
//! Starting the longest first keeps the whole close to the slowest check, and few *beginning* at
//! once keeps the processor from being what a check measures.

use std::collections::BTreeMap;

use plimsoll_core::catalog::Limits;
use plimsoll_core::ids::CheckName;

use super::Pair;

/// How many begin at once. Beginning is work of this machine (a process, a connection), and more
/// at once only slow each other.
const BEGINNING_AT_ONCE: usize = 16;

/// The number of a pair in the list.
pub(super) type Index = usize;

/// The pairs that wait, and the room that is left.
#[derive(Debug)]
pub(super) struct Schedule {
    /// Longest first.
    waiting: Vec<Index>,
    /// The narrow limits that each pair needs room in.
    needs: Vec<Vec<usize>>,
    /// Room in each narrow limit: one host, or one check.
    rooms: Vec<u32>,
    all: u32,
    beginning: Vec<Index>,
}

impl Schedule {
    /// All pairs wait, in the order given.
    pub fn new(limits: &Limits, pairs: &[Pair<'_>]) -> Self {
        let mut rooms = Vec::new();
        let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
        let mut checks: BTreeMap<&CheckName, usize> = BTreeMap::new();
        let mut needs = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let mut room = |most: u32| {
                rooms.push(most.max(1));
                rooms.len() - 1
            };
            let host = super::host::of(&pair.context);
            let mut need = vec![*hosts.entry(host).or_insert_with(|| room(limits.per_host))];
            if let Some(most) = pair.check.at_once {
                need.push(*checks.entry(pair.name).or_insert_with(|| room(most)));
            }
            needs.push(need);
        }
        let (waiting, all) = ((0..pairs.len()).collect(), limits.checks_at_once.max(1));
        Self { waiting, needs, rooms, all, beginning: Vec::new() }
    }

    /// The next pair, which takes its room and begins; `None` when there is no room, or nothing
    /// waits.
    pub fn next(&mut self) -> Option<Index> {
        if self.all == 0 || self.beginning.len() >= BEGINNING_AT_ONCE {
            return None;
        }
        let fits = |pair: &Index| self.needs[*pair].iter().all(|&room| self.rooms[room] > 0);
        let place = self.waiting.iter().position(fits)?;
        let pair = self.waiting.remove(place);
        for &room in &self.needs[pair] {
            self.rooms[room] -= 1;
        }
        self.all -= 1;
        self.beginning.push(pair);
        Some(pair)
    }

    /// The pair has begun, and another may.
    pub fn begun(&mut self, pair: Index) {
        self.beginning.retain(|&other| other != pair);
    }

    /// The pair gives back its room.
    pub fn ended(&mut self, pair: Index) {
        self.begun(pair);
        for &room in &self.needs[pair] {
            self.rooms[room] += 1;
        }
        self.all += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs by the host of each, `per_host` at once on one, `all` in all.
    fn schedule(hosts: &[usize], per_host: u32, all: u32) -> Schedule {
        let count = hosts.iter().max().map_or(0, |host| host + 1);
        Schedule {
            waiting: (0..hosts.len()).collect(),
            needs: hosts.iter().map(|&host| vec![host]).collect(),
            rooms: vec![per_host; count],
            all,
            beginning: Vec::new(),
        }
    }

    /// When the last one ends, beginning taking no time.
    fn played(mut schedule: Schedule, takes: &[u64]) -> u64 {
        let mut running: Vec<(u64, Index)> = Vec::new();
        let mut now = 0;
        loop {
            while let Some(pair) = schedule.next() {
                schedule.begun(pair);
                running.push((now + takes[pair], pair));
            }
            running.sort_unstable();
            if running.is_empty() {
                return now;
            }
            let (ended, pair) = running.remove(0);
            now = ended;
            schedule.ended(pair);
        }
    }

    #[test]
    fn the_longest_that_fits_is_next_and_a_full_host_keeps_nobody_else_waiting() {
        let mut schedule = schedule(&[0, 0, 1, 1], 1, 2);
        assert_eq!(schedule.next(), Some(0));
        assert_eq!(schedule.next(), Some(2), "1 is longer, but its host is full");
        assert_eq!(schedule.next(), None, "two at once");
        schedule.ended(0);
        assert_eq!(schedule.next(), Some(1));
        schedule.ended(2);
        schedule.ended(1);
        assert_eq!((schedule.next(), schedule.next()), (Some(3), None));
    }

    #[test]
    fn only_so_many_begin_at_once() {
        let mut schedule = schedule(&[0; 40], 40, 40);
        let began: Vec<_> = std::iter::from_fn(|| schedule.next()).collect();
        assert_eq!(began.len(), BEGINNING_AT_ONCE);
        schedule.begun(3);
        assert_eq!((schedule.next(), schedule.next()), (Some(BEGINNING_AT_ONCE), None));
        schedule.ended(5);
        assert!(schedule.next().is_some(), "what has ended is no longer beginning");
    }

    #[test]
    fn fifty_targets_take_little_longer_than_the_work_divided_by_the_room() {
        let mut takes = Vec::new();
        let mut hosts = Vec::new();
        for millis in [2000, 1000, 500, 300, 200, 100] {
            for host in 0..50 {
                takes.push(millis);
                hosts.push(host);
            }
        }
        let bound = takes.iter().sum::<u64>() / 32;
        let took = played(schedule(&hosts, 8, 32), &takes);
        assert!(took * 100 <= bound * 103, "{took} ms, at least {bound} ms");
    }
}
