//! One page in a context of its own.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::connection::{CallError, Connection};
use super::pool::Slot;

/// Something that happened on the page: the method's name and its parameters, as the protocol
/// documents them.
pub type TabEvent = (String, Value);

/// A page. Dropping it closes the page and forgets its context.
pub struct Tab {
    slot: Slot,
    context: String,
    target: String,
    session: String,
    events: Option<mpsc::UnboundedReceiver<TabEvent>>,
}

/// A context is forgotten also when the page in it could never be opened.
struct Context<'a> {
    connection: &'a Connection,
    id: Option<String>,
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            forget(self.connection, &id);
        }
    }
}

fn forget(connection: &Connection, context: &str) {
    connection.stop_listening(context);
    let params = json!({ "browserContextId": context });
    connection.tell(None, "Target.disposeBrowserContext", params);
}

fn text(answer: &Value, key: &str) -> String {
    answer[key].as_str().unwrap_or_default().to_owned()
}

impl Tab {
    pub(super) async fn open(slot: Slot) -> Result<Self, CallError> {
        let connection = slot.browser.connection.clone();
        let made = connection
            .call(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true }))
            .await?;
        let id = text(&made, "browserContextId");
        let mut guard = Context { connection: &connection, id: Some(id.clone()) };
        let deny = json!({ "behavior": "deny", "browserContextId": id, "eventsEnabled": false });
        connection.tell(None, "Browser.setDownloadBehavior", deny);
        let (sender, events) = mpsc::unbounded_channel();
        let wanted = json!({ "url": "about:blank", "browserContextId": id });
        let target = text(&connection.call(None, "Target.createTarget", wanted).await?, "targetId");
        connection.listen(&id, sender.clone());
        let flat = json!({ "targetId": target, "flatten": true });
        let attached = connection.call(None, "Target.attachToTarget", flat).await?;
        let session = text(&attached, "sessionId");
        connection.listen(&session, sender);
        guard.id = None;
        drop(guard);
        Ok(Self { slot, context: id, target, session, events: Some(events) })
    }

    /// What the browser calls itself.
    #[must_use]
    pub fn browser_version(&self) -> &str {
        &self.slot.browser.version
    }

    /// What the browser tells servers that it is.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        &self.slot.browser.user_agent
    }

    /// The page's own target; others of its context are pop-ups.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Everything that happens, from now on; ends when the browser dies. Only the first call gets
    /// it.
    pub fn events(&mut self) -> Option<mpsc::UnboundedReceiver<TabEvent>> {
        self.events.take()
    }

    /// A way to call methods on the page.
    #[must_use]
    pub fn line(&self) -> Line {
        Line { connection: self.slot.browser.connection.clone(), session: self.session.clone() }
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let connection = &self.slot.browser.connection;
        connection.stop_listening(&self.session);
        forget(connection, &self.context);
    }
}

/// A way to call methods on a page.
#[derive(Clone)]
pub struct Line {
    connection: Connection,
    session: String,
}

impl Line {
    /// Calls a method and waits for its result.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, method: &str, params: Value) -> Result<Value, CallError> {
        self.connection.call(Some(&self.session), method, params).await
    }

    /// Calls a method whose result does not matter.
    pub fn tell(&self, method: &str, params: Value) {
        self.connection.tell(Some(&self.session), method, params);
    }

    /// Closes another page of the same browser.
    pub fn close(&self, target: &str) {
        self.connection.tell(None, "Target.closeTarget", json!({ "targetId": target }));
    }

    /// Whether the browser has died.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.connection.is_gone()
    }
}
