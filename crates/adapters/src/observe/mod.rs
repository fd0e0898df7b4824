//! Which version really runs.

mod version;

use std::collections::BTreeMap;
use std::io::Read as _;

use plimsoll_core::catalog::{Argv, DeployKind, ObserveKind, Template, TlsExpectation};
use plimsoll_core::ids::Version;
use plimsoll_core::record::{Ending, Observed};
use plimsoll_engine::ports::TargetContext;

use crate::deploy::files::{Place, as_deployed, served};
use crate::ground::Ground;
use crate::probe::{ProbeLimits, ProbeRequest, fetch};
use crate::process::{self, Command};
use crate::values::Values;
use version::{Answer, version};

/// A version is a line; an answer of more than this is something else.
const LARGEST_ANSWER_BYTES: u64 = 1 << 20;

/// Asks the target for the version that runs. Whatever goes wrong is *unknown*, with the reason.
pub async fn observe(context: &TargetContext, ground: &Ground) -> Observed {
    let values = Values::of_target(context, &ground.secrets).with_previous(None);
    let seen = match &context.platform.observe.kind {
        ObserveKind::Http { path, headers } => http(context, path, headers, &values, ground).await,
        ObserveKind::Command(argv) => command(context, argv, &values, ground).await,
        ObserveKind::File(path) => file(context, path, &values, ground).await,
        ObserveKind::Link => Ok(link(context, &values, ground)),
    };
    let seen = match seen {
        Ok(Observed::Version(version)) => unaltered(context, version, &values, ground).await,
        Ok(seen @ (Observed::Altered { .. } | Observed::Unknown(_))) => Ok(seen),
        Err(why) => Err(why),
    };
    match seen {
        Ok(seen @ (Observed::Version(_) | Observed::Altered { .. })) => seen,
        Ok(Observed::Unknown(why)) | Err(why) => Observed::Unknown(values.redactor().text(&why)),
    }
}

/// The version, unless its files are not those that were deployed: the `files` deployer knows.
async fn unaltered(
    context: &TargetContext,
    version: Version,
    values: &Values,
    ground: &Ground,
) -> Result<Observed, String> {
    match &context.platform.deploy {
        DeployKind::Command(_) => Ok(Observed::Version(version)),
        DeployKind::Files(files) => {
            let place = Place::fill(files, values, ground).map_err(|error| error.to_string())?;
            let within = context.platform.observe.within;
            Ok(as_deployed(place, &files.mutable, version, within).await)
        }
    }
}

fn found(context: &TargetContext, answer: &Answer<'_>) -> Observed {
    version(&context.platform.observe.version, answer)
}

async fn http(
    context: &TargetContext,
    path: &Template,
    headers: &BTreeMap<String, Template>,
    values: &Values,
    ground: &Ground,
) -> Result<Observed, String> {
    let said = |error: &dyn std::fmt::Display| format!("the version could not be asked: {error}");
    let path = values.fill(path).map_err(|error| said(&error))?;
    let url = match &context.target.url {
        _ if path.starts_with("http://") || path.starts_with("https://") => path,
        Some(url) if path.starts_with('/') || path.is_empty() => format!("{url}{path}"),
        Some(url) => format!("{url}/{path}"),
        None => return Err("the version could not be asked: the target has no url".into()),
    };
    let mut request = ProbeRequest::get(&url).map_err(|error| said(&error))?;
    // Whether a certificate lasts is a check's question, not this one.
    request.tls = TlsExpectation { min_days_left: 0, ..TlsExpectation::default() };
    for (name, value) in headers {
        let secret = is_secret(value);
        let value = values.fill(value).map_err(|error| said(&error))?;
        request.add_header(name, &value, secret).map_err(|error| said(&error))?;
    }
    let limits = ProbeLimits {
        within: context.platform.observe.within.to_std(),
        body_bytes: LARGEST_ANSWER_BYTES,
        redirects: 3,
        root: ground.root.clone(),
    };
    let answer = fetch(request, &limits).await.map_err(|error| format!("{url}: {error}"))?;
    if !(200..300).contains(&answer.status) {
        return Err(format!("{url} answers {}", answer.status));
    }
    let header = |name: &str| {
        let value = answer.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Ok(found(context, &Answer { body: &answer.body, header: &header }))
}

fn is_secret(template: &Template) -> bool {
    template.variables().any(|v| matches!(v, plimsoll_core::catalog::Variable::Secret(_)))
}

async fn command(
    context: &TargetContext,
    argv: &Argv,
    values: &Values,
    ground: &Ground,
) -> Result<Observed, String> {
    let within = context.platform.observe.within;
    let command = Command::fill(argv, values, &ground.root, within)
        .map_err(|error| format!("the version could not be asked: {error}"))?;
    let ran = process::run(command.apart()).await;
    let redactor = values.redactor();
    if ran.ending != Ending::Exit(0) {
        let sentence = ran.sentence(&ran.output.clean(&redactor));
        return Err(format!("the command that tells the version: {sentence}"));
    }
    let body = ran.stdout.clean(&redactor);
    Ok(found(context, &Answer { body: &body, header: &|_| None }))
}

async fn file(
    context: &TargetContext,
    path: &Template,
    values: &Values,
    ground: &Ground,
) -> Result<Observed, String> {
    let path =
        values.fill(path).map_err(|error| format!("the version could not be read: {error}"))?;
    let full = ground.root.join(&path);
    let reading = tokio::task::spawn_blocking(move || {
        // A named pipe would never answer.
        if !std::fs::metadata(&full)?.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        let mut body = Vec::new();
        std::fs::File::open(&full)?.take(LARGEST_ANSWER_BYTES).read_to_end(&mut body)?;
        Ok(body)
    });
    let within = context.platform.observe.within;
    let body = match tokio::time::timeout(within.to_std(), reading).await {
        Ok(Ok(Ok(body))) => body,
        Ok(Ok(Err(error))) => return Err(format!("{path} could not be read: {error}")),
        Ok(Err(error)) => return Err(format!("{path} could not be read: {error}")),
        Err(_) => return Err(format!("{path} could not be read within {within}")),
    };
    Ok(found(context, &Answer { body: &body, header: &|_| None }))
}

fn link(context: &TargetContext, values: &Values, ground: &Ground) -> Observed {
    match &context.platform.deploy {
        DeployKind::Files(files) => match Place::fill(files, values, ground) {
            Ok(place) => served(&place),
            Err(error) => Observed::Unknown(error.to_string()),
        },
        DeployKind::Command(_) => Observed::Unknown(
            "the link is only there with the `files` deployer; say otherwise how to observe".into(),
        ),
    }
}
