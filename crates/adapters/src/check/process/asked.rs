//! A process by what somebody tells: systemd, or a command of the user's.

use std::fs;
use std::path::Path;

use plimsoll_analyze::process::{Look, LookError, UNIT_PROPERTIES, parse_told, parse_unit};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::Argv;
use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::CheckJob;

use crate::ground::Ground;
use crate::process::{self, Command, Scope};
use crate::secrets::Redactor;
use crate::values::{ValueError, Values};

/// How long one answer may take. Systemd answers in milliseconds, a command that asks another
/// machine within a second.
const ANSWER: Period = Period::from_secs(10);

/// Somebody who is asked.
pub(super) struct Asking {
    command: Command,
    read: fn(&[u8]) -> Result<Look, LookError>,
    redactor: Redactor,
    /// In words.
    who: &'static str,
}

impl Asking {
    /// `systemctl show` of a unit.
    pub fn systemd(root: &Path, unit: &str) -> Self {
        let properties = format!("--property={UNIT_PROPERTIES}");
        let argv = ["systemctl", "show", "--no-pager", properties.as_str(), "--", unit];
        let command = Command::own(&argv, root, ANSWER).apart();
        Self { command, read: read_unit, redactor: Redactor::none(), who: "systemctl" }
    }

    /// A command of the configuration.
    pub fn command(
        argv: &Argv,
        values: &Values,
        job: &CheckJob,
        ground: &Ground,
    ) -> Result<Self, ValueError> {
        let record = ground.record(&job.context.id, Scope::Check(job.name.clone()));
        let command = Command::fill(argv, values, &ground.root, ANSWER)?.recorded(record).apart();
        let (redactor, who) = (values.redactor(), "the command that tells of the process");
        Ok(Self { command, read: parse_told, redactor, who })
    }

    pub async fn look(&self) -> Result<Look, String> {
        let ran = process::run(self.command.clone()).await;
        let who = self.who;
        if ran.ending != Ending::Exit(0) {
            return Err(format!("{who}: {}", ran.sentence(&ran.output.clean(&self.redactor))));
        }
        (self.read)(&ran.stdout.clean(&self.redactor)).map_err(|error| format!("{who}: {error}"))
    }
}

/// Systemd counts from boot, without the time that the machine slept; servers do not sleep.
fn read_unit(answer: &[u8]) -> Result<Look, LookError> {
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds: f64 =
        uptime.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds since boot"
    )]
    let monotonic = Period::from_millis((seconds * 1000.0) as u64);
    parse_unit(answer, Timestamp::now(), monotonic)
}
