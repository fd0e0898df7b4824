//! Work that goes on by itself: promotions that a server or a worker drives, and verifications that
//! they run.
//!
//! Each runs in a task of its own, under a driver's name of its own, so that several go on in one
//! process and none takes another's for its own. When a task ends, for whatever reason, its name is no
//! longer alive, and what it left can be picked up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::ids::{LaneId, Seq};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::desk::{Desk, DeskError};
use crate::ports::Presence;
use crate::tasks::{Configuration, Ended, Verified, VerifyRequest};

/// How many slashes the name of a driver has that is one of several in its process:
/// `HOST/BOOT/PID/START/NUMBER`.
const PARTS_OF_PROCESS: usize = 4;

/// The drivers of this process that are at work.
#[derive(Debug, Default)]
pub struct Drivers {
    alive: Mutex<BTreeSet<String>>,
    last: AtomicU64,
}

/// Says of this process's own drivers whether they are at work, and asks another about the rest.
pub struct WithDrivers {
    drivers: Arc<Drivers>,
    myself: String,
    others: Arc<dyn Presence>,
}

/// A driver's name, as long as it is at work.
struct Named {
    name: String,
    drivers: Arc<Drivers>,
}

/// Whether a driver's name is one that [`Drivers`] gave: the process's own name and a number.
fn is_of_server(driver: &str) -> bool {
    driver.matches('/').count() == PARTS_OF_PROCESS
}

impl Drivers {
    /// A new driver of the process that calls itself `myself`.
    fn name(self: &Arc<Self>, myself: &str) -> Named {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("{myself}/{number}");
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        Named { name, drivers: self.clone() }
    }

    fn is_alive(&self, driver: &str) -> bool {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).contains(driver)
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        self.drivers.alive.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl WithDrivers {
    /// The drivers of the process that calls itself `myself`, and what `others` knows of the rest.
    #[must_use]
    pub fn new(drivers: Arc<Drivers>, myself: &str, others: Arc<dyn Presence>) -> Self {
        Self { drivers, myself: myself.to_owned(), others }
    }
}

impl Presence for WithDrivers {
    fn is_alive(&self, driver: &str) -> Option<bool> {
        let mine = driver.strip_prefix(&self.myself).and_then(|rest| rest.strip_prefix('/'));
        match mine {
            Some(_) => Some(self.drivers.is_alive(driver)),
            None => self.others.is_alive(driver),
        }
    }
}

/// Somebody who is about to start something and to drive it.
pub struct Driver {
    desk: Desk,
    named: Named,
}

impl Driver {
    /// The desk at which it works.
    #[must_use]
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }
}

/// What is at work in this process.
pub struct Works {
    drivers: Arc<Drivers>,
    driving: Mutex<BTreeMap<LaneId, Arc<Driving>>>,
    stop: watch::Sender<bool>,
}

struct Driving {
    ended: watch::Receiver<Option<Result<Ended, String>>>,
    task: JoinHandle<()>,
}

impl Works {
    /// Nothing is at work yet.
    #[must_use]
    pub fn new(drivers: Arc<Drivers>) -> Self {
        Self { drivers, driving: Mutex::default(), stop: watch::Sender::new(false) }
    }

    /// A driver of its own, to start something and to drive it.
    #[must_use]
    pub fn driver(&self, desk: &Desk) -> Driver {
        let named = self.drivers.name(&desk.parts().driver);
        Driver { desk: desk.as_driver(&named.name), named }
    }

    /// Drives what is under way on a lane to its end, in a task of its own. What this process drives
    /// there already comes to its end first.
    pub fn drive(&self, driver: Driver, lane: &LaneId, configuration: Configuration) {
        let mut driving = self.driving.lock().unwrap_or_else(PoisonError::into_inner);
        driving.retain(|_, one| !one.task.is_finished());
        if *self.stop.borrow() {
            return;
        }
        let before = driving.get(lane).map(|one| one.ended.clone());
        let (tell, ended) = watch::channel(None);
        let (lane_of, mut stop) = (lane.clone(), self.stop.subscribe());
        let task = tokio::spawn(async move {
            let Driver { desk, named } = driver;
            // Its end is in the ledger a moment before its task is over, and another may have begun
            // in that moment.
            if let Some(mut before) = before {
                let _ = before.wait_for(Option::is_some).await;
            }
            let outcome = tokio::select! {
                outcome = desk.drive_under(&lane_of, configuration) => {
                    outcome.map_err(|error| error.to_string())
                }
                // It is left where it is; whichever server or worker runs next goes on.
                _ = stop.wait_for(|stop| *stop) => Err("this process stops; another goes on".to_owned()),
            };
            if let Err(error) = &outcome {
                tracing::warn!(lane = %lane_of, %error, "a promotion was left under way");
            }
            drop(named);
            let _ = tell.send(Some(outcome));
        });
        driving.insert(lane.clone(), Arc::new(Driving { ended, task }));
    }

    /// Waits until what this process drives on a lane has ended or was left; nothing when it drives
    /// nothing there.
    pub async fn ended(&self, lane: &LaneId) -> Option<Result<Ended, String>> {
        let mut ended = {
            let driving = self.driving.lock().unwrap_or_else(PoisonError::into_inner);
            driving.get(lane)?.ended.clone()
        };
        let found = ended.wait_for(Option::is_some).await.ok()?;
        found.clone()
    }

    /// Picks up what a server or a worker left under way and nobody drives any more; what somebody left at a
    /// terminal waits for them. Gives what it picked up.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn pick_up(&self, desk: &Desk) -> Result<Vec<LaneId>, DeskError> {
        let mut found = Vec::new();
        for service in desk.catalog().services.values() {
            let state = desk.load(&service.name).await?;
            for environment in desk.left_lanes(service, &state).await? {
                let lane = service.lane(&environment);
                let driver = state.active(&environment).and_then(|active| active.driver.as_ref());
                if !driver.is_some_and(|(driver, _)| is_of_server(driver)) {
                    continue;
                }
                self.drive(self.driver(desk), &lane, Configuration::AsPlanned);
                found.push(lane);
            }
        }
        Ok(found)
    }

    /// Runs checks in a task of its own, which goes on also when nobody waits for it any more.
    pub fn verify(
        &self,
        desk: &Desk,
        request: VerifyRequest,
    ) -> JoinHandle<Result<Verified, DeskError>> {
        let driver = self.driver(desk);
        tokio::spawn(async move {
            let Driver { desk, named } = driver;
            let verified = desk.verify(&request).await;
            drop(named);
            verified
        })
    }

    /// Begins to run checks in a task of its own, and gives the event that began it.
    ///
    /// # Errors
    /// It could not begin: a target or a check is not in the configuration, the ledger is away.
    pub async fn begin_verifying(
        &self,
        desk: &Desk,
        request: VerifyRequest,
    ) -> Result<Seq, DeskError> {
        let driver = self.driver(desk);
        let lane = request.lane.clone();
        let (tell, began) = oneshot::channel();
        let task = tokio::spawn(async move {
            let Driver { desk, named } = driver;
            let verified = desk
                .verify_telling(&request, |started| {
                    let _ = tell.send(started);
                })
                .await;
            drop(named);
            if let Err(error) = &verified {
                tracing::warn!(lane = %request.lane, %error, "a verification did not end well");
            }
            verified
        });
        if let Ok(started) = began.await {
            return Ok(started);
        }
        match task.await {
            Ok(Err(error)) => Err(error),
            Ok(Ok(_)) | Err(_) => Err(DeskError::Refused(format!("nothing was begun on {lane}"))),
        }
    }

    /// Stops driving. What is under way stays as it is written down, and is picked up by whoever
    /// comes next.
    pub async fn stop(&self) {
        self.stop.send_replace(true);
        let driving: Vec<_> = {
            let mut driving = self.driving.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *driving).into_values().collect()
        };
        for one in driving {
            let mut ended = one.ended.clone();
            let _ = ended.wait_for(Option::is_some).await;
        }
    }
}
