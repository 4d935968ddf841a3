//! Names of an earlier version, which work for one version more, with a warning.

use super::settings::variable;

/// Settings: their old places in `wirecopy.toml`, and those of today. Flags and environment variables follow from them.
const SETTINGS: [(&str, &str); 1] = [("match.keep_furniture", "match.keep_boilerplate")];
/// Perturbations: what their old names began with, and what those of today do.
const PERTURBATIONS: [(&str, &str); 1] = [("furniture_", "boilerplate_")];

/// The old places of a setting.
pub(super) fn old_settings(new: &str) -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().filter(move |(_, current)| *current == new).map(|(old, _)| old)
}

/// The old names of a setting's flag, without the dashes before them.
pub(super) fn old_flags(new: &str) -> impl Iterator<Item = String> {
    old_settings(new).map(flag)
}

fn flag(path: &str) -> String {
    path.rsplit('.').next().unwrap_or(path).replace('_', "-")
}

/// Returns the place of a setting today, and warns of an old one.
pub(super) fn setting(path: String) -> String {
    match SETTINGS.iter().find(|(old, _)| *old == path) {
        Some((old, new)) => {
            warn(old, new);
            (*new).to_owned()
        }
        None => path,
    }
}

/// Returns the name of a perturbation today, and warns of an old one.
pub(super) fn perturbation(name: &str) -> String {
    for (old, new) in PERTURBATIONS {
        if let Some(strength) = name.strip_prefix(old) {
            let current = format!("{new}{strength}");
            warn(name, &current);
            return current;
        }
    }
    name.to_owned()
}

/// Warns of an old environment variable of the setting at `old`.
pub(super) fn warn_of_variable(old: &str, new: &str) {
    warn(&variable(old), &variable(new));
}

/// Warns of old flags among the arguments.
pub(super) fn warn_of_flags(arguments: impl Iterator<Item = String>) {
    for argument in arguments.take_while(|argument| argument != "--") {
        let typed = argument.split('=').next().unwrap_or_default();
        for (old, new) in SETTINGS.map(|(old, new)| (format!("--{}", flag(old)), format!("--{}", flag(new))))
        {
            if typed == old {
                warn(&old, &new);
            }
        }
    }
}

fn warn(old: &str, new: &str) {
    tracing::warn!("{old} is now called {new}; the old name will not work in the next version");
}
