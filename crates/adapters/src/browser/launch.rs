//! Starting a browser, and ending it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::process::{Companion, CompanionStart};

use super::connection::Connection;
use super::find::{self, BrowserMissing};
use super::profile::Profile;

/// On an idle machine it is up in half a second.
const UP_WITHIN: Duration = Duration::from_secs(30);

/// Nothing that asks, updates, reports or shows itself; one process less for graphics; and a
/// script's memory is bounded, so that a page that eats all it can get only ends itself.
///
/// A new context has a window of its own, for whose address field chromium loads two pages of its
/// own in processes of their own, and it keeps a spare process for the next page: both cost more
/// than most pages that are looked at (886 and 308 ms of CPU for one page, with and without).
const FLAGS: &[&str] = &[
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-crash-reporter",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=Translate,MediaRouter,OptimizationHints,PaintHolding,BackForwardCache,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,SpareRendererForSitePerProcess,PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--font-render-hinting=none",
    "--js-flags=--max-old-space-size=512",
];

/// Chromium wants its pipe at the descriptors 3 and 4; then the shell is gone.
const MOVE_PIPES: &str = r#"exec 3<&0 4>&1 </dev/null >/dev/null; exec "$@""#;

/// Why there is no browser to work with. Nothing of it says anything about the release.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// None is installed.
    #[error(transparent)]
    Missing(#[from] BrowserMissing),
    /// It could not be started.
    #[error("the browser {program} could not be started: {source}")]
    Start {
        /// Its file.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It ended at once, or never answered.
    #[error("the browser {program} {how}{said}")]
    Silent {
        /// Its file.
        program: String,
        /// What it did.
        how: &'static str,
        /// What it printed.
        said: String,
    },
}

/// A browser that runs.
pub(super) struct Browser {
    /// How it is spoken to.
    pub connection: Connection,
    /// What it calls itself: `Chrome/156.0.8078.79`.
    pub version: String,
    /// What it tells servers that it is.
    pub user_agent: String,
    // In this order: it must have ended before its folder can go.
    companion: Companion,
    _profile: Profile,
}

impl Browser {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// [`LaunchError`]; the check is errored.
    pub async fn launch() -> Result<Self, LaunchError> {
        let file = find::find()?;
        let program = file.display().to_string();
        let fail = |source| LaunchError::Start { program: program.clone(), source };
        let profile = Profile::new().map_err(fail)?;
        let args = arguments(&program, profile.path());
        let (companion, to, from) = Companion::start(CompanionStart {
            program: "/bin/sh".into(),
            args,
            dir: profile.path().to_owned(),
            log: profile.log().map_err(fail)?,
        })
        .await
        .map_err(fail)?;
        let connection = Connection::new(to, from);
        let asked = connection.call(None, "Browser.getVersion", json!({}));
        let how = match tokio::time::timeout(UP_WITHIN, asked).await {
            Ok(Ok(answer)) => {
                let version = answer["product"].as_str().unwrap_or("unknown").to_owned();
                // Some sites turn away what calls itself headless.
                let agent = answer["userAgent"].as_str().unwrap_or_default();
                let user_agent = agent.replace("HeadlessChrome", "Chrome");
                connection.tell(None, "Target.setDiscoverTargets", json!({ "discover": true }));
                return Ok(Self { connection, version, user_agent, companion, _profile: profile });
            }
            Ok(Err(_)) => "ended as soon as it was started",
            Err(_) => "did not answer within 30 s",
        };
        let said = profile.complaints();
        let said = if said.is_empty() { said } else { format!("; it says: {said}") };
        Err(LaunchError::Silent { program, how, said })
    }

    /// The number of its process.
    pub fn process(&self) -> Option<u32> {
        self.companion.number()
    }
}

fn arguments(program: &str, profile: &Path) -> Vec<String> {
    let mut args: Vec<String> = ["-c", MOVE_PIPES, "sh", program].map(str::to_owned).into();
    args.extend(FLAGS.iter().map(|flag| (*flag).to_owned()));
    args.push(format!("--user-data-dir={}", profile.display()));
    // Chromium's sandbox refuses to be started by root; everyone else has it.
    if rustix::process::geteuid().is_root() {
        args.push("--no-sandbox".to_owned());
    }
    args.push("about:blank".to_owned());
    args
}
