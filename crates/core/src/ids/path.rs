//! Names made of names: `service@version`, `service/environment`, `service/environment/target`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{EnvironmentName, NameError, ServiceName, TargetName, Version};

/// A text that is not of the form that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The separators are not where they should be.
    #[error("`{text}` is not of the form {form}")]
    Form {
        /// The text, shortened.
        text: String,
        /// The form, as the user should write it.
        form: &'static str,
    },
    /// One of the parts is no name.
    #[error(transparent)]
    Name(#[from] NameError),
}

fn form(text: &str, form: &'static str) -> PathError {
    PathError::Form { text: text.chars().take(80).flat_map(char::escape_debug).collect(), form }
}

/// A release of a service: `planet4@1.23`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId {
    /// The service it is a release of.
    pub service: ServiceName,
    /// Its version, unique within the service.
    pub version: Version,
}

/// One service in one environment: `planet4/production`. Whatever moves targets there takes its
/// turn on this lane.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LaneId {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
}

/// One target: `planet4/production/nl-k8s`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TargetId {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The target inside the environment.
    pub target: TargetName,
}

impl TargetId {
    /// The lane this target belongs to.
    #[must_use]
    pub fn lane(&self) -> LaneId {
        LaneId { service: self.service.clone(), environment: self.environment.clone() }
    }
}

impl LaneId {
    /// A target on this lane.
    #[must_use]
    pub fn target(&self, target: &TargetName) -> TargetId {
        TargetId {
            service: self.service.clone(),
            environment: self.environment.clone(),
            target: target.clone(),
        }
    }
}

impl FromStr for ReleaseId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (service, version) =
            text.split_once('@').ok_or_else(|| form(text, "SERVICE@VERSION"))?;
        Ok(Self { service: service.parse()?, version: version.parse()? })
    }
}

impl FromStr for LaneId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (service, environment) =
            text.split_once('/').ok_or_else(|| form(text, "SERVICE/ENVIRONMENT"))?;
        Ok(Self { service: service.parse()?, environment: environment.parse()? })
    }
}

impl FromStr for TargetId {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || form(text, "SERVICE/ENVIRONMENT/TARGET");
        let (service, rest) = text.split_once('/').ok_or_else(fail)?;
        let (environment, target) = rest.split_once('/').ok_or_else(fail)?;
        Ok(Self {
            service: service.parse()?,
            environment: environment.parse()?,
            target: target.parse()?,
        })
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}@{}", self.service, self.version))
    }
}

impl fmt::Display for LaneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.service, self.environment))
    }
}

impl fmt::Display for TargetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}/{}", self.service, self.environment, self.target))
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = PathError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(path: $name) -> Self {
                path.to_string()
            }
        }
    )*};
}
as_text!(ReleaseId, LaneId, TargetId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_round_trip() {
        assert_eq!(
            "planet4@1.23".parse::<ReleaseId>().map(|r| r.to_string()),
            Ok("planet4@1.23".into())
        );
        let target: TargetId = "planet4/production/nl-vm".parse().expect("valid");
        assert_eq!(target.lane().to_string(), "planet4/production");
    }

    #[test]
    fn missing_or_extra_separators_name_the_form() {
        for bad in ["planet4", "planet4@", "@1", "a@b@c"] {
            assert!(bad.parse::<ReleaseId>().is_err(), "{bad}");
        }
        for bad in ["a/b", "a/b/c/d", "a//c", "/b/c", "../../etc"] {
            assert!(bad.parse::<TargetId>().is_err(), "{bad}");
        }
    }
}
