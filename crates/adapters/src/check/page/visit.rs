//! A page check whose places are filled.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_analyze::page::{Expected, Strictness};
use plimsoll_core::catalog::{PageCheck, PageStep, ScriptErrors, Template, Variable};
use plimsoll_core::ids::SecretName;
use url::Url;

use crate::probe::{Ours, parse_url};
use crate::secrets::Redactor;
use crate::values::{ValueError, Values};

/// Why a page was not looked at.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unvisited {
    /// A place that has no value.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// No URL.
    #[error(transparent)]
    Url(#[from] Ours),
}

/// One thing to do, with its places filled.
#[derive(Clone)]
pub(super) enum Step {
    Go(Url),
    Click(String),
    Fill { field: String, with: String, secret: bool },
    Press(String),
    WaitFor(String),
    Expect(String),
}

/// Where to go, and what is sent there.
#[derive(Clone)]
pub(super) struct Visit {
    /// The page.
    pub url: Url,
    /// Headers for the page's own origin.
    pub headers: Vec<(String, String)>,
    /// Cookies of the page's own origin.
    pub cookies: Vec<(String, String)>,
    /// What is done, with the words for it.
    pub steps: Vec<(Step, String)>,
    /// What takes secrets out.
    pub redactor: Redactor,
    /// Whether a secret is sent or typed.
    pub gives_secret: bool,
    /// Whether scripts of the page can get at one: it is typed, or in a cookie. Headers they do not see.
    pub scripts_get_secret: bool,
}

impl Visit {
    /// Fills the check for a page on `base`.
    ///
    /// # Errors
    /// [`Unvisited`]; the check is errored.
    pub fn fill(check: &PageCheck, values: &Values, base: Option<&str>) -> Result<Self, Unvisited> {
        let url = address(&values.fill(&check.path)?, base)?;
        let mut headers = Vec::new();
        for (name, value) in &check.headers {
            headers.push((name.clone(), values.fill(value)?));
        }
        if let Some(auth) = &check.basic_auth {
            let pair = format!("{}:{}", values.fill(&auth.user)?, values.fill(&auth.password)?);
            headers.push(("Authorization".to_owned(), format!("Basic {}", STANDARD.encode(pair))));
        }
        let mut cookies = Vec::new();
        for (name, value) in &check.cookies {
            cookies.push((name.clone(), values.fill(value)?));
        }
        let mut steps = Vec::new();
        for step in &check.steps {
            steps.push((fill_step(step, values, base)?, step.to_string()));
        }
        let mut sent: Vec<&Template> =
            check.headers.values().chain(check.cookies.values()).collect();
        sent.extend(check.basic_auth.iter().flat_map(|auth| [&auth.user, &auth.password]));
        let typed = steps.iter().any(|(step, _)| matches!(step, Step::Fill { secret: true, .. }));
        let in_cookie = check.cookies.values().any(|one| holds_secret(one).is_some());
        let scripts_get_secret = typed || in_cookie;
        let gives_secret = typed || sent.into_iter().any(|one| holds_secret(one).is_some());
        Ok(Self {
            url,
            headers,
            cookies,
            steps,
            redactor: values.redactor(),
            gives_secret,
            scripts_get_secret,
        })
    }
}

fn fill_step(step: &PageStep, values: &Values, base: Option<&str>) -> Result<Step, Unvisited> {
    Ok(match step {
        PageStep::Go(path) => Step::Go(address(&values.fill(path)?, base)?),
        PageStep::Click(selector) => Step::Click(selector.clone()),
        PageStep::Fill { field, with } => Step::Fill {
            field: field.clone(),
            with: values.fill(with)?,
            secret: holds_secret(with).is_some(),
        },
        PageStep::Press(key) => Step::Press(key.clone()),
        PageStep::WaitFor(selector) => Step::WaitFor(selector.clone()),
        PageStep::Expect(text) => Step::Expect(text.clone()),
    })
}

fn holds_secret(template: &Template) -> Option<&SecretName> {
    template.variables().find_map(|variable| match variable {
        Variable::Secret(name) => Some(name),
        _ => None,
    })
}

/// A whole URL: a path stands on the target's URL.
pub(super) fn address(path: &str, base: Option<&str>) -> Result<Url, Ours> {
    let scheme = path.get(..8).unwrap_or(path).to_ascii_lowercase();
    if scheme.starts_with("http://") || scheme.starts_with("https://") {
        return parse_url(path);
    }
    let base = base.ok_or_else(|| Ours::Url {
        why: "the target has no url, and the path is no whole URL".into(),
    })?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    parse_url(&format!("{}{slash}{path}", base.trim_end_matches('/')))
}

/// What is expected beside what always is.
pub(super) fn expected(check: &PageCheck) -> Expected {
    Expected {
        own_hosts: check.own_hosts.clone(),
        allow_hosts: check.allow_hosts.clone(),
        same_picture: false,
        picture_share: 0.0,
        ignore: check.ignore.clone(),
        strictness: match check.script_errors {
            ScriptErrors::New => Strictness::New,
            ScriptErrors::Exceptions => Strictness::Exceptions,
            ScriptErrors::All => Strictness::All,
        },
    }
}
