//! Connections.

use std::time::Duration;

use deadpool_postgres::{
    Client as Pooled, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    Timeouts,
};
use plimsoll_engine::ports::LedgerError;
use tokio::time::timeout;
use tokio_postgres::config::SslMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};

use super::fault::{is_gone, ledger_error, too_slow};
use crate::location::without_password;

/// A server that has not answered until then is taken to be away.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Connections for reading; appends have one of their own.
const MOST_READERS: usize = 8;

/// Said on every connection, whatever the server's defaults are: an acknowledged event is on the
/// disk, and nothing waits for ever.
const SETTINGS: &str = "-c synchronous_commit=on -c statement_timeout=5000 -c lock_timeout=5000 \
                        -c idle_in_transaction_session_timeout=10000 -c client_min_messages=warning";

/// A database, and connections to it.
pub(super) struct Server {
    config: Config,
    name: String,
    pool: Pool,
}

impl Server {
    /// Reads the URL. Connects to nothing.
    ///
    /// # Errors
    /// `Unusable` when the URL cannot be read, or asks for TLS.
    pub(super) fn new(url: &str) -> Result<Self, LedgerError> {
        let name = without_password(url);
        let config = configure(url, &name)?;
        let manager = Manager::from_config(
            config.clone(),
            NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(MOST_READERS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(PATIENCE),
                create: Some(PATIENCE),
                recycle: Some(PATIENCE),
            })
            .build()
            .map_err(|error| LedgerError::Unusable {
                reason: format!("no connections to {name}: {error}"),
            })?;
        Ok(Self { config, name, pool })
    }

    /// The URL without its password.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How to make a connection outside the pool.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Asks, and once more on a fresh connection when the one at hand turns out to be gone. Only
    /// for statements that may be run twice.
    pub(super) async fn rows(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, LedgerError> {
        let began = tokio::time::Instant::now();
        loop {
            let client = self.client().await?;
            match timeout(PATIENCE, ask(&client, sql, params)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => {
                    let gone = is_gone(&error);
                    if gone {
                        // Whoever asks next gets another.
                        drop(Object::take(client));
                    }
                    if !gone || began.elapsed() > PATIENCE / 2 || self.pool.is_closed() {
                        return Err(ledger_error(&self.name, &error));
                    }
                }
                Err(_) => {
                    // It may still answer to the wrong question.
                    drop(Object::take(client));
                    return Err(too_slow(&self.name));
                }
            }
        }
    }

    async fn client(&self) -> Result<Pooled, LedgerError> {
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => ledger_error(&self.name, &error),
            PoolError::Timeout(_) => too_slow(&self.name),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                LedgerError::Unavailable {
                    reason: format!("no connection to {}: {error}", self.name),
                }
            }
        })
    }
}

async fn ask(
    client: &Pooled,
    sql: &str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    client.query(&statement, params).await
}

fn configure(url: &str, name: &str) -> Result<Config, LedgerError> {
    let unusable =
        |what: &str| LedgerError::Unusable { reason: format!("the ledger's URL {name} {what}") };
    let tls = "asks for TLS, which plimsoll does not speak to PostgreSQL yet: use sslmode=disable on a network that \
               you trust, or a tunnel";
    let query = url.split_once('?').map_or("", |(_, query)| query);
    if query.split('&').any(|part| matches!(part, "sslmode=verify-ca" | "sslmode=verify-full")) {
        return Err(unusable(tls));
    }
    // The parser's own words may repeat parts of the URL.
    let mut config: Config = url.parse().map_err(|_| {
        unusable("cannot be read: write postgres://USER:PASSWORD@HOST:PORT/DATABASE")
    })?;
    if config.get_ssl_mode() == SslMode::Require {
        return Err(unusable(tls));
    }
    let options = config
        .get_options()
        .map_or_else(|| SETTINGS.to_owned(), |given| format!("{given} {SETTINGS}"));
    config.options(options).ssl_mode(SslMode::Disable);
    if config.get_application_name().is_none() {
        config.application_name("plimsoll");
    }
    if config.get_connect_timeout().is_none_or(|given| *given > PATIENCE) {
        config.connect_timeout(Duration::from_secs(4));
    }
    config.tcp_user_timeout(PATIENCE).keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        match configure(url, &without_password(url)) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn tls_is_refused_in_words_and_never_silently_left_out() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let said = refusal(&format!("postgres://u:hunter2@h/d?sslmode={mode}"));
            assert!(said.contains("TLS") && !said.contains("hunter2"), "{said}");
        }
        assert_eq!(refusal("postgres://u:hunter2@h/d?sslmode=prefer"), "");
    }

    #[test]
    fn a_url_that_cannot_be_read_does_not_show_its_password() {
        for url in [
            "postgres://u:hunter2@h:port/d",
            "postgres://u:hunter2@h/d?nonsense=hunter2",
            "postgres://u:hunter2@h:99999/d",
        ] {
            let said = refusal(url);
            assert!(said.contains("cannot be read") && !said.contains("hunter2"), "{said}");
        }
    }
}
