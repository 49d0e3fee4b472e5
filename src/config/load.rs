//! The sources put together: variables over the file, the file over the defaults.

use std::path::Path;

use super::environment::Environment;
use super::problem::{ConfigError, Origin, Problem};
use super::{Config, Database, EngineConfig, Workspace, file, value};
use crate::domain::ids::UserId;
use crate::yaml::quoted;

/// Reads and checks everything. Relative paths count from `cwd`, those of the file from the file's folder.
///
/// # Errors
/// All problems at once.
pub fn load(environment: &Environment, cwd: &Path) -> Result<Config, ConfigError> {
    let mut problems = environment.problems().to_vec();
    let mut settings = read_file(environment, cwd, &mut problems);
    if settings.engines.is_empty() {
        settings.engines = EngineConfig::found(environment);
    }
    let first_engine = settings.engines.first().map(|engine| engine.name.clone());
    let mut variables = Variables { environment, problems: &mut problems };
    let mut config = Config {
        token: variables.secret("TELOXIDE_TOKEN", value::token),
        api_url: variables
            .secret("TELOXIDE_API_URL", value::api_url)
            .unwrap_or_else(|| "https://api.telegram.org".to_owned()),
        proxy: variables.secret("TELOXIDE_PROXY", value::proxy),
        database: variables
            .plain("DATABASE_URL", |text| value::database(text, cwd))
            .unwrap_or_else(|| Database::File(cwd.join("adjutant.db"))),
        agent_dirs: settings.agent_dirs.unwrap_or_else(|| vec![cwd.join("agents")]),
        workspaces: settings.workspaces,
        engines: settings.engines,
        default_engine: settings.default_engine.or(first_engine).unwrap_or_default(),
        access: settings.access,
        limits: settings.limits,
        listen: variables.plain("ADJUTANT_LISTEN", value::listen),
        log: variables.plain("ADJUTANT_LOG", value::log_format).unwrap_or_default(),
        log_filter: environment.get("RUST_LOG").map(str::to_owned),
    };
    config.access.owners.extend(variables.owners());
    if config.workspaces.is_empty() {
        config.workspaces.push(current_directory(cwd));
    }
    if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
}

fn current_directory(cwd: &Path) -> Workspace {
    let name = cwd.file_name().and_then(|name| value::name(&name.to_string_lossy()).ok());
    Workspace {
        name: name.unwrap_or_else(|| "home".to_owned()),
        path: cwd.to_owned(),
        test: None,
        allow_bypass: false,
        origin: Origin::Default,
    }
}

fn read_file(environment: &Environment, cwd: &Path, problems: &mut Vec<Problem>) -> file::Settings {
    let home = environment.get("HOME");
    let named = environment.lookup("ADJUTANT_CONFIG");
    let (name, path) = match named {
        None => ("adjutant.yaml", cwd.join("adjutant.yaml")),
        Some((name, origin)) => match value::path(name, cwd, home) {
            Ok(path) => (name, path),
            Err(expected) => {
                let text = format!("ADJUTANT_CONFIG: expected {expected}, found {name:?}");
                problems.push(Problem::new(origin.clone(), text));
                return file::Settings::default();
            }
        },
    };
    let base = path.parent().unwrap_or(cwd);
    match (std::fs::read_to_string(&path), named) {
        (Ok(source), _) => file::read(name, &source, base, environment, problems),
        (Err(error), None) if error.kind() == std::io::ErrorKind::NotFound => file::Settings::default(),
        (Err(error), Some((_, origin))) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = format!("ADJUTANT_CONFIG: expected a file, found none at {}", path.display());
            problems.push(Problem::new(origin.clone(), text));
            file::Settings::default()
        }
        (Err(error), _) => {
            problems.push(Problem::new(Origin::file(name), format!("cannot be read: {error}")));
            file::Settings::default()
        }
    }
}

/// Takes values from the environment and notes what is wrong with them.
struct Variables<'a> {
    environment: &'a Environment,
    problems: &'a mut Vec<Problem>,
}

impl Variables<'_> {
    fn plain<T>(&mut self, name: &str, check: impl Fn(&str) -> Result<T, value::Expected>) -> Option<T> {
        let (text, origin) = self.environment.lookup(name)?;
        let found = quoted(text);
        check(text).map_err(|expected| self.report(name, origin, expected, &found)).ok()
    }

    /// Like `plain` for a value that must not be shown, whatever it is.
    fn secret<T>(&mut self, name: &str, check: impl Fn(&str) -> Result<T, value::Expected>) -> Option<T> {
        let (text, origin) = self.environment.lookup(name)?;
        let found = "something else (not shown)";
        check(text).map_err(|expected| self.report(name, origin, expected, found)).ok()
    }

    fn owners(&mut self) -> Vec<UserId> {
        let Some((text, origin)) = self.environment.lookup("ADJUTANT_OWNERS") else { return Vec::new() };
        let mut owners = Vec::new();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            match item.parse() {
                Ok(id) if id > 0 => owners.push(UserId(id)),
                _ => {
                    let found = quoted(item);
                    self.report("ADJUTANT_OWNERS", origin, value::USER_ID, &found);
                }
            }
        }
        owners
    }

    fn report(&mut self, name: &str, origin: &Origin, expected: &str, found: &str) {
        let text = format!("{name}: expected {expected}, found {found}");
        self.problems.push(Problem::new(origin.clone(), text));
    }
}
