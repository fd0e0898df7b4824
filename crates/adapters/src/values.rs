//! What stands in the places of templates.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_core::catalog::{Template, Variable};
use plimsoll_core::ids::{DeploymentId, Version};
use plimsoll_core::record::Release;
use plimsoll_engine::ports::TargetContext;

use crate::secrets::{Redactor, SecretError, Secrets};

/// Why a template could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A variable that has no value here.
    #[error("`{{{{ {0} }}}}` has no value here")]
    NoValue(Variable),
    /// A secret that cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A value that no program or request could be given.
    #[error("the value of `{0}` holds a NUL character")]
    Nul(Template),
}

/// What stands in the places of templates, for one target and one moment.
#[derive(Debug, Clone)]
pub struct Values {
    known: BTreeMap<Variable, String>,
    secrets: Secrets,
    environment: BTreeMap<&'static str, String>,
}

impl Values {
    /// What is known of a target.
    #[must_use]
    pub fn of_target(context: &TargetContext, secrets: &Secrets) -> Self {
        let (id, target) = (&context.id, &context.target);
        let mut values =
            Self { known: BTreeMap::new(), secrets: secrets.clone(), environment: BTreeMap::new() };
        values.set(Variable::Service, "PLIMSOLL_SERVICE", id.service.as_str());
        values.set(Variable::Environment, "PLIMSOLL_ENVIRONMENT", id.environment.as_str());
        values.set(Variable::Target, "PLIMSOLL_TARGET", id.target.as_str());
        values.set(Variable::Site, "PLIMSOLL_SITE", target.site.as_str());
        values.set(Variable::Platform, "PLIMSOLL_PLATFORM", target.platform.as_str());
        if let Some(url) = &target.url {
            values.set(Variable::Url, "PLIMSOLL_URL", url);
        }
        for (key, value) in &target.vars {
            values.known.insert(Variable::TargetVar(key.clone()), value.clone());
        }
        values
    }

    /// With the version that is to be there.
    #[must_use]
    pub fn with_version(mut self, version: &Version) -> Self {
        self.set(Variable::Version, "PLIMSOLL_RELEASE", version.as_str());
        self
    }

    /// With a whole release.
    #[must_use]
    pub fn with_release(self, release: &Release) -> Self {
        let mut values = self.with_version(&release.id.version);
        values.known.insert(Variable::ReleaseDigest, release.digest().to_string());
        values
    }

    /// With the version that is replaced; empty when none is known.
    #[must_use]
    pub fn with_previous(mut self, previous: Option<&Version>) -> Self {
        let text = previous.map_or("", Version::as_str);
        self.set(Variable::PreviousVersion, "PLIMSOLL_PREVIOUS", text);
        self
    }

    /// With the number of the deployment.
    #[must_use]
    pub fn with_deployment(mut self, deployment: DeploymentId) -> Self {
        self.environment.insert("PLIMSOLL_DEPLOYMENT", deployment.to_string());
        self
    }

    /// With a directory for the files that a command writes.
    #[must_use]
    pub fn with_out(mut self, out: &Path) -> Self {
        self.set(Variable::Out, "PLIMSOLL_OUT", &out.to_string_lossy());
        self
    }

    fn set(&mut self, variable: Variable, name: &'static str, value: &str) {
        self.known.insert(variable, value.to_owned());
        self.environment.insert(name, value.to_owned());
    }

    /// The template with every place filled; secrets are read now.
    ///
    /// # Errors
    /// [`ValueError`], a sentence for the finding; the outcome is *errored*, not failed.
    pub fn fill(&self, template: &Template) -> Result<String, ValueError> {
        let mut secrets = BTreeMap::new();
        for variable in template.variables() {
            if let Variable::Secret(name) = variable {
                secrets.insert(variable.clone(), self.secrets.resolve(name)?);
            }
        }
        let text = template
            .fill(|variable| self.known.get(variable).or_else(|| secrets.get(variable)).cloned())
            .map_err(ValueError::NoValue)?;
        if text.contains('\0') {
            return Err(ValueError::Nul(template.clone()));
        }
        Ok(text)
    }

    /// The value of a variable of the target or release; never a secret.
    #[must_use]
    pub fn get(&self, variable: &Variable) -> Option<&str> {
        self.known.get(variable).map(String::as_str)
    }

    /// The `PLIMSOLL_*` environment variables.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.environment.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// What takes secrets out of whatever is kept or shown. Ask for it after filling.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        self.secrets.redactor()
    }
}
