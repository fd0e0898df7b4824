//! Looking at the page: scripts in a world of their own, and pictures.

use std::collections::BTreeMap;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_analyze::page::{Gap, Seen, SeenFaint, Unread};
use plimsoll_analyze::picture::{self, Rect};
use plimsoll_core::catalog::Viewport;
use serde_json::{Value, json};

use super::withheld::Legible;
use crate::browser::{CallError, Line};

const SEEN: &str = concat!(
    include_str!("scopes.js"),
    include_str!("text.js"),
    include_str!("styles.js"),
    include_str!("spread.js"),
    include_str!("lists.js"),
    include_str!("idle.js"),
    include_str!("seen.js"),
);
const LEGIBLE: &str = concat!(include_str!("scopes.js"), include_str!("legible.js"));
const TEXT: &str = concat!(include_str!("scopes.js"), include_str!("text.js"));
const STILL: &str = include_str!("still.js");
const LOCATE: &str = include_str!("locate.js");
const LAZY: &str = include_str!("lazy.js");

/// Higher pages are cut; the browser cannot paint more in one piece.
///
/// # Units
/// CSS pixels.
const HIGHEST: u64 = 16_384;

/// Larger files are not looked into.
const LARGEST_FILE_BYTES: u64 = 4 << 20;

/// A page that keeps more of itself from sight is not read further.
const MOST_CLOSED: usize = 500;

/// A picture, still as the browser wrote it: two can be compared without being decoded.
#[derive(PartialEq, Eq)]
pub(super) struct Frame(String);

impl Frame {
    /// The PNG.
    pub fn png(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.0).ok()
    }

    /// Whether it shows nothing.
    pub fn is_one_colour(&self) -> bool {
        let png = self.png().unwrap_or_default();
        picture::is_one_colour(&mut Cursor::new(png)).unwrap_or(false)
    }

    /// Of text that has the colour of what is behind it, as the style says, that which really cannot be
    /// read.
    pub fn unread(&self, faint: &[SeenFaint]) -> Vec<Unread> {
        if faint.is_empty() {
            return Vec::new();
        }
        let lines: Vec<_> = faint.iter().flat_map(|one| one.lines.iter().map(rect)).collect();
        let png = self.png().unwrap_or_default();
        let flat = picture::flat_places(&mut Cursor::new(png), &lines).unwrap_or_default();
        let mut flat = flat.into_iter();
        let unread = |one: &&SeenFaint| {
            let lines: Vec<_> = flat.by_ref().take(one.lines.len()).collect();
            !lines.is_empty() && lines.into_iter().all(|flat| flat)
        };
        let found = faint.iter().filter(unread);
        found.map(|one| Unread { kind: one.kind, name: one.name.clone() }).collect()
    }

    /// Where nothing stands, as the page says, that part in which nothing can be seen either.
    pub fn gap(&self, [top, height, width]: &[f64; 3]) -> Option<Gap> {
        let whole = rect(&[0.0, *top, *width, *height]);
        let last = u32::try_from(HIGHEST).unwrap_or(u32::MAX);
        let seen = Rect { height: whole.height.min(last.saturating_sub(whole.y)), ..whole };
        let png = self.png()?;
        let flat = picture::flat_places(&mut Cursor::new(png), &[seen]).ok()?;
        (flat == [true]).then_some(Gap { top: whole.y, height: whole.height })
    }
}

/// Looks at a page.
pub(super) struct Eyes {
    line: Line,
    frame: String,
    width: u32,
    height: u32,
}

impl Eyes {
    /// Looks at the page with this window.
    pub fn new(line: Line, frame: &str, viewport: &Viewport) -> Self {
        Self { line, frame: frame.to_owned(), width: viewport.width, height: viewport.height }
    }

    /// The world of our own in the page, in which nothing of the page's scripts is.
    async fn world(&self) -> Result<Value, CallError> {
        let world = json!({ "frameId": self.frame, "worldName": "plimsoll" });
        let mut world = self.line.call("Page.createIsolatedWorld", world).await?;
        Ok(world["executionContextId"].take())
    }

    async fn evaluate(&self, expression: String) -> Result<Value, CallError> {
        let params = json!({
            "expression": expression, "contextId": self.world().await?,
            "awaitPromise": true, "returnByValue": true,
        });
        self.line.call("Runtime.evaluate", params).await.and_then(value)
    }

    /// Shadow roots that the page keeps to itself, as the world of our own may see them, and how many
    /// it may not.
    async fn closed_roots(&self, world: &Value) -> Result<(Vec<Value>, usize), CallError> {
        let tree = json!({ "depth": -1, "pierce": true });
        let tree = self.line.call("DOM.getDocument", tree).await?;
        let mut closed = Vec::new();
        find_closed(&tree["root"], &mut closed);
        let all = closed.len();
        let resolving = closed.into_iter().take(MOST_CLOSED).map(|node| {
            let params = json!({ "backendNodeId": node, "executionContextId": world });
            self.line.call("DOM.resolveNode", params)
        });
        let resolved = futures_util::future::join_all(resolving).await;
        // Else every change of the page would be told from now on.
        self.line.call("DOM.disable", json!({})).await?;
        let object =
            |answer: Value| Some(json!({ "objectId": answer["object"]["objectId"].as_str()? }));
        // One of another frame's world cannot be handed over.
        let roots: Vec<_> = resolved.into_iter().flatten().filter_map(object).collect();
        let missing = all - roots.len();
        Ok((roots, missing))
    }

    /// Waits for the fonts that the page uses.
    pub async fn fonts(&self) -> Result<(), CallError> {
        self.evaluate("document.fonts.ready.then(() => true)".to_owned()).await.map(drop)
    }

    /// Has the page give up what is on its way.
    pub async fn stop(&self) -> Result<(), CallError> {
        self.line.call("Page.stopLoading", json!({})).await.map(drop)
    }

    /// Has everything loaded that waits for somebody to scroll there; says how much that was.
    pub async fn wake(&self) -> Result<u64, CallError> {
        Ok(self.evaluate(LAZY.to_owned()).await?.as_u64().unwrap_or(0))
    }

    /// Stills everything that moves, and takes a picture of the whole page. Says too whether the
    /// page can act by itself: it has scripts, or frames that may have some.
    pub async fn frame(&self) -> Result<(Frame, bool), CallError> {
        let still = self.evaluate(STILL.to_owned()).await?;
        let height = still[0].as_u64().unwrap_or(0);
        let acts = still[1] != false;
        let mut params = json!({ "format": "png", "optimizeForSpeed": true });
        if height > u64::from(self.height) {
            params["captureBeyondViewport"] = Value::from(true);
            params["clip"] = json!({
                "x": 0, "y": 0, "width": self.width, "height": height.min(HIGHEST), "scale": 1,
            });
        }
        let mut answer = self.line.call("Page.captureScreenshot", params).await?;
        match answer["data"].take() {
            Value::String(data) => Ok((Frame(data), acts)),
            _ => Err(CallError::Refused {
                method: "Page.captureScreenshot".to_owned(),
                why: "there is no picture".to_owned(),
            }),
        }
    }

    /// What can be seen; of the selectors, which find nothing. `texts` are style sheets that the page
    /// itself may not read, by their URLs.
    pub async fn seen(
        &self,
        selectors: &[String],
        texts: &BTreeMap<String, String>,
    ) -> Result<Seen, CallError> {
        let world = self.world().await?;
        let mut arguments = vec![json!({ "value": selectors }), json!({ "value": texts })];
        match self.closed_roots(&world).await {
            Ok((closed, _)) => arguments.extend(closed),
            Err(CallError::Gone) => return Err(CallError::Gone),
            // A page may be too large to be listed: what it keeps to itself is not read then.
            Err(CallError::Refused { .. } | CallError::TooLarge) => {}
        }
        let function = format!(
            "async function (selectors, texts, ...closed) {{\n{SEEN}\nreturn look(selectors, texts, closed);\n}}"
        );
        let params = json!({
            "functionDeclaration": function, "executionContextId": world, "arguments": arguments,
            "awaitPromise": true, "returnByValue": true,
        });
        let answer = self.line.call("Runtime.callFunctionOn", params).await.and_then(value)?;
        serde_json::from_value(answer).map_err(|error| CallError::Refused {
            method: "Runtime.callFunctionOn".to_owned(),
            why: error.to_string(),
        })
    }

    /// What a picture of the page, as it is now, may let somebody read.
    pub async fn legible(&self) -> Result<Legible, CallError> {
        let world = self.world().await?;
        let (closed, missing) = self.closed_roots(&world).await?;
        let mut arguments = vec![json!({ "value": missing })];
        arguments.extend(closed);
        let function = format!(
            "function (missing, ...closed) {{\n{LEGIBLE}\nreturn legible(missing, closed);\n}}"
        );
        let params = json!({
            "functionDeclaration": function, "executionContextId": world, "arguments": arguments,
            "returnByValue": true,
        });
        let answer = self.line.call("Runtime.callFunctionOn", params).await.and_then(value)?;
        serde_json::from_value(answer).map_err(|error| CallError::Refused {
            method: "Runtime.callFunctionOn".to_owned(),
            why: error.to_string(),
        })
    }

    /// Where the first visible element is; `Err` inside says why it cannot be used.
    pub async fn locate(
        &self,
        selector: &str,
        focus: bool,
        hide: bool,
    ) -> Result<Result<Option<(f64, f64)>, String>, CallError> {
        let arguments = format!("({}, {focus}, {hide})", json!(selector));
        let found = self.evaluate(format!("({LOCATE}){arguments}")).await?;
        Ok(match (&found, found["x"].as_f64(), found["y"].as_f64()) {
            (Value::String(why), _, _) => Err(why.clone()),
            (_, Some(x), Some(y)) => Ok(Some((x, y))),
            _ => Ok(None),
        })
    }

    /// Whether the text can be seen.
    pub async fn shows(&self, text: &str) -> Result<bool, CallError> {
        let script = format!(
            "(wanted => {{\n{TEXT}\nconst {{ seen, written }} = textOf(scopesOf([]));\n\
            const flat = text => text.replace(/\\s+/g, ' ');\n\
            return [seen, written].some(text => flat(text).includes(flat(wanted)));\n}})({})",
            json!(text)
        );
        Ok(self.evaluate(script).await? == true)
    }

    /// The file that answered a request; none where the browser has not kept it, or it is too large.
    pub async fn file(&self, request: &str, bytes: u64) -> Option<Vec<u8>> {
        if bytes > LARGEST_FILE_BYTES {
            return None;
        }
        let params = json!({ "requestId": request });
        let mut answer = self.line.call("Network.getResponseBody", params).await.ok()?;
        match (answer["body"].take(), answer["base64Encoded"] == true) {
            (Value::String(body), true) => STANDARD.decode(body).ok(),
            (Value::String(body), false) => Some(body.into_bytes()),
            _ => None,
        }
    }
}

/// A line of text on the page, in whole pixels.
fn rect(line: &[f64; 4]) -> Rect {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a saturating cast of a place on a page"
    )]
    let [x, y, width, height] = line.map(|side| side.max(0.0).round() as u32);
    Rect { x, y, width, height }
}

/// What a script came to; refused when it throws.
fn value(mut answer: Value) -> Result<Value, CallError> {
    if let Some(details) = answer.get("exceptionDetails") {
        let why = details["exception"]["description"].as_str().unwrap_or("it throws");
        return Err(CallError::Refused {
            method: "Runtime.evaluate".to_owned(),
            why: why.to_owned(),
        });
    }
    Ok(answer["result"]["value"].take())
}

fn find_closed(root: &Value, closed: &mut Vec<Value>) {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        for shadow in node["shadowRoots"].as_array().into_iter().flatten() {
            if shadow["shadowRootType"] == "closed" {
                closed.push(shadow["backendNodeId"].clone());
            }
            open.push(shadow);
        }
        open.extend(node["children"].as_array().into_iter().flatten());
        if node["contentDocument"].is_object() {
            open.push(&node["contentDocument"]);
        }
    }
}
