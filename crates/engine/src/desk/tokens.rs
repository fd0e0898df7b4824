//! Tokens and sessions: who may ask a server for what.
//!
//! Their secrets are 256 random bits, made by whoever calls, so their plain hash is all that needs to
//! be kept: it can be neither guessed nor turned back.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Actor, Event, EventKind, Stream};
use plimsoll_core::ids::{PersonName, Seq, TokenName};
use plimsoll_core::ledger::Tokens;
use plimsoll_core::record::{Permission, Session, Token};
use plimsoll_core::say;

use crate::ports::LedgerError;
use crate::words::Typed;

use super::{Desk, DeskError, Spelling, Wording};

/// How many events are read at once.
const BATCH: u32 = 1_000;

/// For how long a list of tokens that was read is believed: a token that is revoked on another
/// server works there for no longer.
///
/// # Units
/// Milliseconds.
const BELIEVED_MS: u64 = 500;

/// How often a token is made again because another one was made at the same time.
const OVERTAKEN: u32 = 20;

/// The tokens as they were last read.
#[derive(Default)]
pub(super) struct Known(Mutex<(Option<u64>, Arc<Tokens>)>);

impl Desk {
    /// All tokens and sessions, at most half a second old.
    ///
    /// # Errors
    /// The ledger is away, or its events contradict each other.
    pub async fn tokens(&self) -> Result<Arc<Tokens>, DeskError> {
        let now = self.parts.clock.monotonic_ms();
        let (read_at, known) =
            self.tokens.0.lock().expect("nothing panics while it is held").clone();
        if read_at.is_some_and(|at| now.saturating_sub(at) < BELIEVED_MS) {
            return Ok(known);
        }
        self.read_tokens(known).await
    }

    /// All tokens and sessions in which a secret of this hash may be: one that is not known may have
    /// been made a moment ago.
    ///
    /// # Errors
    /// As [`Desk::tokens`].
    pub async fn tokens_with(&self, secret: &Digest) -> Result<Arc<Tokens>, DeskError> {
        let (tokens, now) = (self.tokens().await?, self.now());
        match tokens.with_hash(secret, now).is_some() || tokens.session(secret, now).is_some() {
            true => Ok(tokens),
            false => self.tokens_now().await,
        }
    }

    /// All tokens and sessions, as they are now.
    async fn tokens_now(&self) -> Result<Arc<Tokens>, DeskError> {
        let known = self.tokens.0.lock().expect("nothing panics while it is held").1.clone();
        self.read_tokens(known).await
    }

    async fn read_tokens(&self, known: Arc<Tokens>) -> Result<Arc<Tokens>, DeskError> {
        let read_at = self.parts.clock.monotonic_ms();
        let mut tokens = known;
        loop {
            let ledger = &self.parts.ledger;
            let events = ledger.stream_events(&Stream::Tokens, tokens.version, BATCH).await?;
            if !events.is_empty() {
                let more = Arc::make_mut(&mut tokens);
                events.iter().try_for_each(|event| more.apply(event))?;
            }
            if events.len() < BATCH as usize {
                break;
            }
        }
        let mut held = self.tokens.0.lock().expect("nothing panics while it is held");
        if held.1.version <= tokens.version {
            *held = (Some(read_at), tokens.clone());
        }
        Ok(tokens)
    }

    /// Writes a token down.
    ///
    /// # Errors
    /// Its name is taken, a service of it is not there, it allows nothing, or it would administer for some
    /// services only.
    pub async fn create_token(&self, token: &Token, by: &PersonName) -> Result<Event, DeskError> {
        for service in token.scope.services.iter().flatten() {
            self.service(service)?;
        }
        if token.scope.permissions.is_empty() {
            return Err(DeskError::wrong("it would allow nothing", "name at least one permission"));
        }
        may_administer(token)?;
        if token.until <= self.now() {
            let hint = Wording::naming(|by| match by {
                Spelling::Flags => by.set("until", "90d"),
                Spelling::Keys => by.set("until", "2099-01-31T00:00:00Z"),
            });
            return Err(DeskError::wrong("its end has passed", hint));
        }
        let kind = EventKind::TokenCreated { token: token.clone() };
        self.say_of_tokens(by, |tokens| match tokens.tokens.contains_key(&token.name) {
            true => Err(DeskError::not_so(
                format!("there is a token {} already, and a name is given once", token.name),
                "choose another name",
            )),
            false => Ok(kind.clone()),
        })
        .await
    }

    /// Revokes a token, with all its sessions.
    ///
    /// # Errors
    /// There is none of that name, it was revoked before, or the reason is blank.
    pub async fn revoke_token(
        &self,
        name: &TokenName,
        reason: &Typed,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let reason = self.words("reason", reason)?;
        let kind = EventKind::TokenRevoked { name: name.clone(), reason };
        self.say_of_tokens(by, |tokens| match tokens.tokens.get(name) {
            None => {
                Err(DeskError::missing(format!("there is no token {name}"), "plimsoll token list"))
            }
            Some(token) if token.revoked.is_some() => {
                Err(DeskError::Refused(format!("{name} was revoked already")))
            }
            Some(_) => Ok(kind.clone()),
        })
        .await
    }

    /// Writes down that somebody signed in.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn open_session(
        &self,
        session: &Session,
        by: &PersonName,
    ) -> Result<Event, DeskError> {
        let kind = EventKind::SessionOpened { session: session.clone() };
        self.say_of_tokens(by, |_| Ok(kind.clone())).await
    }

    /// Writes down that somebody signed out; one that is not open any more is none.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn close_session(
        &self,
        secret: &Digest,
        by: &PersonName,
    ) -> Result<Option<Seq>, DeskError> {
        let tokens = self.tokens_now().await?;
        let Some((session, _)) = tokens.session(secret, self.now()) else { return Ok(None) };
        let kind = EventKind::SessionClosed { session };
        self.say_of_tokens(by, |_| Ok(kind.clone())).await?;
        Ok(Some(session))
    }

    /// Notes that a token was used just now. No event is written: it is a sample.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn note_token_used(&self, name: &TokenName) -> Result<(), DeskError> {
        Ok(self.parts.ledger.beat(&used(name)).await?)
    }

    /// When a token was last used, as far as it was noted.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn token_used(&self, name: &TokenName) -> Result<Option<Timestamp>, DeskError> {
        let silent = self.parts.ledger.silent_for(&used(name)).await?;
        let ago = |silent: Duration| {
            let silent = SignedDuration::try_from(silent).unwrap_or(SignedDuration::MAX);
            self.now().checked_sub(silent).ok()
        };
        Ok(silent.and_then(ago))
    }

    async fn say_of_tokens(
        &self,
        by: &PersonName,
        decide: impl Fn(&Tokens) -> Result<EventKind, DeskError> + Send + Sync,
    ) -> Result<Event, DeskError> {
        for _ in 0..OVERTAKEN {
            let tokens = self.tokens_now().await?;
            let (kind, actor) = (decide(&tokens)?, Actor::Person(by.clone()));
            let tried = self.append(Stream::Tokens, Some(tokens.version), actor, vec![kind]).await;
            match tried {
                Ok(mut events) => {
                    self.tokens_now().await?;
                    return Ok(events.remove(0));
                }
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(Stream::Tokens.to_string()))
    }
}

/// Makes sure that a token administers all or nothing: tokens are of the whole server, so one of some
/// services would say that it may and never could.
fn may_administer(token: &Token) -> Result<(), DeskError> {
    let Some(some) = &token.scope.services else { return Ok(()) };
    if !token.scope.permissions.contains(&Permission::Administer) {
        return Ok(());
    }
    let some = say::list(&some.iter().collect::<Vec<_>>(), 4);
    let hint = Wording::naming(|by| {
        let (may, services) = match by {
            Spelling::Flags => ("may", "service"),
            Spelling::Keys => ("permissions", "services"),
        };
        let (may, services) = (by.name(may), by.name(services));
        format!("leave administer out of {may}, or {services} away for a token of all services")
    });
    Err(DeskError::wrong(
        format!("to administer is for the whole server, and this token is for {some} only"),
        hint,
    ))
}

/// Under what it is noted that a token was used.
fn used(name: &TokenName) -> String {
    format!("token/{name}")
}
