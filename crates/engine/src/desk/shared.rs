//! Many that ask the same at the same time share a few reads, each of which begins after its askers
//! asked.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard};

/// What a read said that many share.
pub(super) struct Shared<T> {
    /// How many reads have begun.
    begun: AtomicU64,
    /// What was read last, and as the how manieth. What a failed read leaves behind is number 0: it
    /// answers nobody.
    last: Mutex<Option<(u64, T)>>,
}

/// What whoever asks has to do.
pub(super) enum Turn<'s, T> {
    /// Nothing: a read that began after they asked has said this.
    Answered(T),
    /// To read; the others wait.
    Read(Reading<'s, T>),
}

/// The read of one for all that wait.
pub(super) struct Reading<'s, T> {
    number: u64,
    last: MutexGuard<'s, Option<(u64, T)>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { begun: AtomicU64::new(0), last: Mutex::default() }
    }
}

impl<T: Clone> Shared<T> {
    /// Waits for who reads, and says what is left to do.
    pub(super) async fn turn(&self) -> Turn<'_, T> {
        let needed = self.begun.load(Ordering::SeqCst) + 1;
        let last = self.last.lock().await;
        match &*last {
            Some((number, said)) if *number >= needed => Turn::Answered(said.clone()),
            _ => {
                let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
                Turn::Read(Reading { number, last })
            }
        }
    }
}

impl<T: Clone> Reading<'_, T> {
    /// What was read before, to go on from there.
    pub(super) fn before(&mut self) -> Option<T> {
        self.last.take().map(|(_, said)| said)
    }

    /// Tells the others what was read.
    pub(super) fn tell(mut self, said: T) -> T {
        *self.last = Some((self.number, said.clone()));
        said
    }

    /// Keeps what is still so although the read failed: the next one goes on from it, and nobody takes
    /// it for new.
    pub(super) fn keep(mut self, said: T) {
        *self.last = Some((0, said));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU32;

    use super::*;

    async fn ask(shared: &Shared<u32>, reads: &AtomicU32) -> u32 {
        match shared.turn().await {
            Turn::Answered(said) => said,
            Turn::Read(reading) => {
                tokio::task::yield_now().await;
                reading.tell(reads.fetch_add(1, Ordering::SeqCst) + 1)
            }
        }
    }

    #[tokio::test]
    async fn many_that_wait_share_the_next_read() {
        let (shared, reads) = (Arc::new(Shared::default()), Arc::new(AtomicU32::new(0)));
        let tasks = (0..100).map(|_| {
            let (shared, reads) = (shared.clone(), reads.clone());
            tokio::spawn(async move { ask(&shared, &reads).await })
        });
        let tasks: Vec<_> = tasks.collect();
        for task in tasks {
            task.await.expect("it ends");
        }
        // The first reads at once; all the others asked while it did.
        assert_eq!(reads.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_asks_after_a_read_began_is_not_answered_by_it() {
        let (shared, reads) = (Shared::default(), AtomicU32::new(0));
        assert_eq!(ask(&shared, &reads).await, 1);
        assert_eq!(ask(&shared, &reads).await, 2);
    }

    #[tokio::test]
    async fn what_a_failed_read_leaves_answers_nobody() {
        let shared = Shared::default();
        let Turn::Read(reading) = shared.turn().await else { panic!("nothing was read yet") };
        reading.keep(7);
        let Turn::Read(mut reading) = shared.turn().await else { panic!("nobody is answered") };
        assert_eq!(reading.before(), Some(7));
    }

    #[tokio::test]
    async fn a_reader_that_goes_away_leaves_the_read_to_the_next() {
        let (shared, reads) = (Shared::default(), AtomicU32::new(0));
        drop(shared.turn().await);
        assert_eq!(ask(&shared, &reads).await, 1);
    }
}
