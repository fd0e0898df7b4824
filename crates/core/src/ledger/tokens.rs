//! Which tokens and sessions there are.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::digest::Digest;
use crate::event::{Actor, Event, EventKind, Stream};
use crate::ids::{PersonName, Seq, TokenName};
use crate::record::{Session, Token};

use super::FoldError;

/// A token and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenState {
    /// The token.
    pub token: Token,
    /// The event that made it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<PersonName>,
    /// When it was revoked, and why.
    pub revoked: Option<(Timestamp, String)>,
}

/// All tokens and sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The last version of the stream.
    pub version: u64,
    /// The tokens by name, revoked and ended ones included.
    pub tokens: BTreeMap<TokenName, TokenState>,
    /// Open sessions by the hash of their secret.
    sessions: BTreeMap<Digest, (Seq, Session)>,
    by_hash: BTreeMap<Digest, TokenName>,
}

impl TokenState {
    /// Made, not revoked, and not over.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && now < self.token.until
    }
}

impl Tokens {
    /// Folds one more event of the stream.
    ///
    /// # Errors
    /// The event cannot have happened after those before it.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        if event.stream != Stream::Tokens || event.version <= self.version {
            return Ok(());
        }
        let illegal = |why| Err(FoldError { seq: event.seq, why });
        match &event.kind {
            EventKind::TokenCreated { token } => {
                if self.tokens.contains_key(&token.name) {
                    return illegal("a token of that name was made before");
                }
                self.by_hash.insert(token.hash, token.name.clone());
                let by = match &event.actor {
                    Actor::Person(person) => Some(person.clone()),
                    Actor::Plimsoll => None,
                };
                let state = TokenState {
                    token: token.clone(),
                    seq: event.seq,
                    at: event.at,
                    by,
                    revoked: None,
                };
                self.tokens.insert(token.name.clone(), state);
            }
            EventKind::TokenRevoked { name, reason } => {
                let Some(token) = self.tokens.get_mut(name) else {
                    return illegal("there is no such token");
                };
                token.revoked = Some((event.at, reason.clone()));
                self.sessions.retain(|_, (_, session)| session.token != *name);
            }
            EventKind::SessionOpened { session } => {
                self.sessions.retain(|_, (_, old)| old.until > event.at);
                self.sessions.insert(session.hash, (event.seq, session.clone()));
            }
            EventKind::SessionClosed { session } => {
                self.sessions.retain(|_, (seq, _)| seq != session);
            }
            _ => return illegal("it does not belong on the tokens' stream"),
        }
        self.version = event.version;
        Ok(())
    }

    /// The token in force whose secret has this hash.
    #[must_use]
    pub fn with_hash(&self, hash: &Digest, now: Timestamp) -> Option<&TokenState> {
        let token = self.tokens.get(self.by_hash.get(hash)?)?;
        token.in_force(now).then_some(token)
    }

    /// The session whose secret has this hash, with its token, both in force.
    #[must_use]
    pub fn session(&self, hash: &Digest, now: Timestamp) -> Option<(Seq, &TokenState)> {
        let (seq, session) = self.sessions.get(hash)?;
        let token = self.tokens.get(&session.token)?;
        (now < session.until && token.in_force(now)).then_some((*seq, token))
    }
}
