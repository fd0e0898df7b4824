//! Which pairs are compared: those of the command line, or those of the configuration.

use std::path::{Path, PathBuf};

use plimsoll_core::catalog::TwinPair;

use crate::app::App;
use crate::error::CliError;

use super::diff::Args;

/// Pairs, and the folder that their files are relative to.
pub(super) struct Pairs {
    pub list: Vec<TwinPair>,
    pub folder: PathBuf,
}

pub(super) fn pairs(app: &App, args: &Args) -> Result<Pairs, CliError> {
    if args.pair.is_empty() {
        return of_configuration(app, args);
    }
    if args.service.is_some() {
        return Err(CliError::usage(
            "--service and --pair exclude each other",
            "leave one of the two out",
        ));
    }
    let mut list = Vec::new();
    for text in &args.pair {
        let mut pair: TwinPair =
            text.parse().map_err(|error: plimsoll_core::catalog::TwinPartError| {
                let hint = "--pair 'composer.json#/scripts/a = composer.json#/scripts/b'";
                CliError::usage(format!("--pair: {error}"), hint)
            })?;
        pair.right_in.clone_from(&args.right_in);
        list.push(pair);
    }
    Ok(Pairs { list, folder: PathBuf::from(".") })
}

fn of_configuration(app: &App, args: &Args) -> Result<Pairs, CliError> {
    const HINT: &str = "--pair 'FILE#PART = FILE#PART', or  twins:  in a service; plimsoll twins suggest  proposes some";
    if !app.global.config.exists() {
        let file = app.global.config.display();
        return Err(CliError::usage(format!("no pair is named, and there is no {file}"), HINT));
    }
    if args.right_in.is_some() {
        return Err(CliError::usage("--right-in needs --pair", "write  right-in:  at the pair"));
    }
    let loaded = app.load()?;
    let services = &loaded.catalog.services;
    if let Some(name) = &args.service
        && !services.contains_key(name)
    {
        let known: Vec<String> = services.keys().map(ToString::to_string).collect();
        return Err(CliError::usage(
            format!("there is no service {name}"),
            format!("there are: {}", known.join(", ")),
        ));
    }
    let wanted =
        services.values().filter(|one| args.service.as_ref().is_none_or(|name| *name == one.name));
    let list: Vec<TwinPair> = wanted.flat_map(|service| service.twins.iter().cloned()).collect();
    if list.is_empty() {
        let file = app.global.config.display();
        return Err(CliError::usage(format!("{file} names no twins"), HINT));
    }
    Ok(Pairs { list, folder: folder_of(&loaded.root) })
}

fn folder_of(root: &Path) -> PathBuf {
    if root.as_os_str().is_empty() { PathBuf::from(".") } else { root.to_owned() }
}
