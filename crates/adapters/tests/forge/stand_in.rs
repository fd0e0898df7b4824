//! A stand-in for a forge, written from the published descriptions of the APIs. It is strict: what a
//! forge would not take is refused, and so is every key that it does not know.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

/// Whose API it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    Github,
    Gitlab,
    Gitea,
}

/// The token that it takes.
pub const TOKEN: &str = "a-token-of-the-forge";

/// The token that an app gets for its installation.
pub const APP_TOKEN: &str = "ghs_of_an_installation";

/// A commit that it does not know.
pub const UNKNOWN: &str = "dddddddddddddddddddddddddddddddddddddddd";

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    Broken,
    WantsLess,
    KnowsNobody,
    Redirects,
    SaysNonsense,
}

/// A status that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub repository: String,
    pub commit: String,
    pub context: String,
    pub state: String,
    pub description: String,
    pub url: Option<String>,
}

/// An answer to a deployment that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub repository: String,
    pub run: u64,
    pub environment: String,
    pub state: Option<String>,
    pub comment: String,
}

#[derive(Default)]
struct World {
    posted: Vec<Posted>,
    answered: Vec<Answered>,
    requests: Vec<String>,
    refused: Vec<String>,
    assertions: Vec<String>,
    open: BTreeMap<(String, String), String>,
}

/// A forge on a port of this machine; ended with the value.
pub struct StandIn {
    speaks: Speaks,
    pub port: u16,
    world: Arc<Mutex<World>>,
    mood: Arc<Mutex<Mood>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Request {
    method: String,
    path: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

type Answer = (u16, Vec<(&'static str, String)>, Value);

impl StandIn {
    /// Starts one on a free port.
    pub fn start(speaks: Speaks) -> Self {
        Self::start_at(speaks, 0)
    }

    /// Starts one on this port.
    pub fn start_at(speaks: Speaks, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let (world, mood) = (Arc::<Mutex<World>>::default(), Arc::new(Mutex::new(Mood::Well)));
        let ends = Arc::new(AtomicBool::new(false));
        let thread = {
            let (world, mood, ends) = (world.clone(), mood.clone(), ends.clone());
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if ends.load(Ordering::SeqCst) {
                        return;
                    }
                    let Ok(stream) = stream else { continue };
                    let mood = *mood.lock().unwrap_or_else(PoisonError::into_inner);
                    serve(speaks, &world, mood, stream);
                }
            })
        };
        Self { speaks, port, world, mood, ends, thread: Some(thread) }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of its API.
    pub fn url(&self) -> String {
        let path = match self.speaks {
            Speaks::Github => "",
            Speaks::Gitlab => "/api/v4",
            Speaks::Gitea => "/api/v1",
        };
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// How it answers from now on.
    pub fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Every status that it took.
    pub fn posted(&self) -> Vec<Posted> {
        self.world().posted.clone()
    }

    /// How a commit stands there now.
    pub fn stands(&self, commit: &str, context: &str) -> Option<Posted> {
        let posted = self.posted();
        posted.into_iter().rev().find(|one| one.commit == commit && one.context == context)
    }

    /// Every answer to a deployment that it took.
    pub fn answered(&self) -> Vec<Answered> {
        self.world().answered.clone()
    }

    /// Every request, as method and path.
    pub fn requests(&self) -> Vec<String> {
        self.world().requests.clone()
    }

    /// Why requests were refused that no real forge would have taken either.
    pub fn refused(&self) -> Vec<String> {
        self.world().refused.clone()
    }

    /// The tokens with which an app said who it is.
    pub fn assertions(&self) -> Vec<String> {
        self.world().assertions.clone()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // It waits for a connection.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(speaks: Speaks, world: &Mutex<World>, mood: Mood, mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let Some(request) = read(&mut stream) else { return };
    let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
    world.requests.push(format!("{} {}", request.method, request.path));
    let (status, headers, body) = match mood {
        Mood::Well => answer(speaks, &mut world, &request),
        Mood::Broken => (502, Vec::new(), json!({ "message": "Server Error" })),
        Mood::WantsLess => {
            (429, vec![("retry-after", "90".to_owned())], json!({ "message": "slow down" }))
        }
        Mood::KnowsNobody => (401, Vec::new(), json!({ "message": "Bad credentials" })),
        Mood::Redirects => (301, vec![("location", "http://127.0.0.1:1/".to_owned())], Value::Null),
        Mood::SaysNonsense => (200, Vec::new(), Value::Null),
    };
    if status == 400 || status == 422 {
        let line = format!("{} {}: {body}", request.method, request.path);
        world.refused.push(line);
    }
    drop(world);
    let body = match (status, mood) {
        (204, _) => String::new(),
        (_, Mood::SaysNonsense) => "<html>it works</html>".to_owned(),
        _ => body.to_string(),
    };
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    );
    let _ = stream.write_all(text.as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut chunk = [0_u8; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut chunk) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&chunk[..n]),
            _ => return None,
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        match stream.read(&mut chunk) {
            Ok(n) if n > 0 => body.extend_from_slice(&chunk[..n]),
            _ => return None,
        }
    }
    Some(Request { method, path, headers, body })
}

fn said(status: u16, words: impl Into<String>) -> Answer {
    (status, Vec::new(), json!({ "message": words.into() }))
}

fn answer(speaks: Speaks, world: &mut World, request: &Request) -> Answer {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    if header("user-agent").is_empty() {
        return said(403, "Request forbidden by administrative rules. Name yourself");
    }
    let body: Value = match request.body.is_empty() {
        true => Value::Null,
        false => match serde_json::from_slice(&request.body) {
            Ok(body) if header("content-type") == "application/json" => body,
            _ => return said(400, "Problems parsing JSON"),
        },
    };
    let done = match speaks {
        Speaks::Github => github(world, request, &body),
        Speaks::Gitlab => gitlab(world, request, &body),
        Speaks::Gitea => gitea(world, request, &body),
    };
    done.unwrap_or_else(|refused| refused)
}

/// The keys of a body must be among these, and texts.
fn texts(body: &Value, allowed: &[&str]) -> Result<(), Answer> {
    let Some(map) = body.as_object() else { return Err(said(422, "a map is expected")) };
    for (key, value) in map {
        if !allowed.contains(&key.as_str()) {
            return Err(said(422, format!("{key} is not a permitted key")));
        }
        if !value.is_string() {
            return Err(said(422, format!("{key} is no text")));
        }
    }
    Ok(())
}

fn one_of(body: &Value, key: &str, words: &[&str]) -> Result<String, Answer> {
    match body[key].as_str() {
        Some(word) if words.contains(&word) => Ok(word.to_owned()),
        other => Err(said(422, format!("{key} is {other:?}, which is none of {words:?}"))),
    }
}

fn text(body: &Value, key: &str, longest: usize) -> Result<String, Answer> {
    let text = body[key].as_str().unwrap_or_default();
    if text.chars().count() > longest {
        return Err(said(422, format!("{key} is too long (maximum is {longest} characters)")));
    }
    Ok(text.to_owned())
}

fn known(commit: &str) -> Result<(), Answer> {
    let is_id = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id && commit != UNKNOWN {
        return Ok(());
    }
    Err(said(422, format!("No commit found for SHA: {commit}")))
}

fn github(world: &mut World, request: &Request, body: &Value) -> Result<Answer, Answer> {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    if header("accept") != "application/vnd.github+json"
        || header("x-github-api-version") != "2022-11-28"
    {
        return Err(said(400, "the version of the API is not said"));
    }
    let bearer = header("authorization").strip_prefix("Bearer ").unwrap_or_default();
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let may = |token: &str| match bearer == token {
        true => Ok(()),
        false => Err(said(401, "Bad credentials")),
    };
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["repos", _, _, "installation"]) => {
            is_jwt(world, bearer)?;
            Ok((200, Vec::new(), json!({ "id": 77, "app_id": 12 })))
        }
        ("POST", ["app", "installations", "77", "access_tokens"]) => {
            is_jwt(world, bearer)?;
            if body["repositories"].as_array().is_none_or(Vec::is_empty) {
                return Err(said(422, "for which repositories?"));
            }
            let made = json!({ "token": APP_TOKEN, "expires_at": "2099-01-01T00:00:00Z" });
            Ok((201, Vec::new(), made))
        }
        ("POST", ["repos", owner, name, "statuses", commit]) => {
            may(TOKEN)?;
            texts(body, &["state", "target_url", "description", "context"])?;
            known(commit)?;
            let posted = Posted {
                repository: format!("{owner}/{name}"),
                commit: (*commit).to_owned(),
                context: text(body, "context", 255)?,
                state: one_of(body, "state", &["error", "failure", "pending", "success"])?,
                description: text(body, "description", 140)?,
                url: body["target_url"].as_str().map(str::to_owned),
            };
            world.posted.push(posted);
            Ok((201, Vec::new(), json!({ "id": 1 })))
        }
        ("POST", ["repos", owner, name, "check-runs"]) => {
            may(APP_TOKEN)?;
            let posted = check_run(format!("{owner}/{name}"), body)?;
            world.posted.push(posted);
            Ok((201, Vec::new(), json!({ "id": 4 })))
        }
        ("POST", ["repos", owner, name, "actions", "runs", run, "deployment_protection_rule"]) => {
            may(APP_TOKEN)?;
            texts(body, &["environment_name", "state", "comment"])?;
            let state = match body.get("state") {
                None => None,
                Some(_) => Some(one_of(body, "state", &["approved", "rejected"])?),
            };
            let comment = text(body, "comment", 1_024)?;
            if state.is_none() && comment.is_empty() {
                return Err(said(422, "a report needs a comment"));
            }
            world.answered.push(Answered {
                repository: format!("{owner}/{name}"),
                run: run.parse().map_err(|_| said(404, "Not Found"))?,
                environment: text(body, "environment_name", 255)?,
                state,
                comment,
            });
            Ok((204, Vec::new(), Value::Null))
        }
        _ => Err(said(404, "Not Found")),
    }
}

fn check_run(repository: String, body: &Value) -> Result<Posted, Answer> {
    let allowed = ["name", "head_sha", "status", "conclusion", "details_url", "output"];
    for key in body.as_object().into_iter().flat_map(|map| map.keys()) {
        if !allowed.contains(&key.as_str()) {
            return Err(said(422, format!("{key} is not a permitted key")));
        }
    }
    let output = &body["output"];
    texts(output, &["title", "summary"])?;
    let commit = text(body, "head_sha", 40)?;
    known(&commit)?;
    let status = one_of(body, "status", &["queued", "in_progress", "completed"])?;
    let conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped"];
    let state = match status.as_str() {
        "completed" => one_of(body, "conclusion", &conclusions)?,
        _ if body.get("conclusion").is_some() => return Err(said(422, "it has not ended")),
        other => other.to_owned(),
    };
    Ok(Posted {
        repository,
        commit,
        context: text(body, "name", 255)?,
        state,
        description: text(output, "summary", 65_535)?,
        url: body["details_url"].as_str().map(str::to_owned),
    })
}

/// Three parts with the claims of an app; whether it is signed is for who has the key to say.
fn is_jwt(world: &mut World, token: &str) -> Result<(), Answer> {
    if token.split('.').count() != 3 {
        return Err(said(401, "A JSON web token could not be decoded"));
    }
    world.assertions.push(token.to_owned());
    Ok(())
}

fn gitlab(world: &mut World, request: &Request, body: &Value) -> Result<Answer, Answer> {
    if request.headers.get("private-token").map(String::as_str) != Some(TOKEN) {
        return Err(said(401, "401 Unauthorized"));
    }
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let ("POST", ["api", "v4", "projects", project, "statuses", commit]) =
        (request.method.as_str(), parts.as_slice())
    else {
        return Err(said(404, "404 Not Found"));
    };
    texts(body, &["state", "name", "description", "target_url"])?;
    if known(commit).is_err() {
        return Err(said(404, "404 Commit Not Found"));
    }
    let words = ["pending", "running", "success", "failed", "canceled", "skipped"];
    let state = one_of(body, "state", &words)?;
    let context = text(body, "name", 255)?;
    let place = ((*commit).to_owned(), context.clone());
    // One that has not ended is changed; one that has ended is followed by another.
    if world.open.get(&place).is_some_and(|open| *open == state) {
        let words = "Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via \"enqueue\")";
        return Err(said(400, words));
    }
    if state == "pending" {
        world.open.insert(place, state.clone());
    } else {
        world.open.remove(&place);
    }
    world.posted.push(Posted {
        repository: project.replace("%2F", "/"),
        commit: (*commit).to_owned(),
        context,
        state,
        description: text(body, "description", 255)?,
        url: match text(body, "target_url", 255)? {
            url if url.is_empty() => None,
            url => Some(url),
        },
    });
    Ok((201, Vec::new(), json!({ "id": 93 })))
}

fn gitea(world: &mut World, request: &Request, body: &Value) -> Result<Answer, Answer> {
    let token = request.headers.get("authorization").and_then(|who| who.strip_prefix("token "));
    if token != Some(TOKEN) {
        return Err(said(401, "user does not exist [uid: 0, name: ]"));
    }
    let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
    let ("POST", ["api", "v1", "repos", owner, name, "statuses", commit]) =
        (request.method.as_str(), parts.as_slice())
    else {
        return Err(said(404, "The target couldn't be found."));
    };
    texts(body, &["state", "context", "description", "target_url"])?;
    if known(commit).is_err() {
        return Err(said(404, "object does not exist"));
    }
    let words = ["pending", "success", "error", "failure", "warning"];
    world.posted.push(Posted {
        repository: format!("{owner}/{name}"),
        commit: (*commit).to_owned(),
        context: text(body, "context", 255)?,
        state: one_of(body, "state", &words)?,
        description: text(body, "description", 255)?,
        url: match text(body, "target_url", 255)? {
            url if url.is_empty() => None,
            url => Some(url),
        },
    });
    Ok((201, Vec::new(), json!({ "id": 5 })))
}
