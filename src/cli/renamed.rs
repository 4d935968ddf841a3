//! Names of an earlier version, which work for one version more, with a warning.

use super::settings::variable;

/// A setting with another name.
struct Setting {
    /// Its old place in `wirecopy.toml`. Its old environment variable follows from it.
    old: &'static str,
    /// Its place today.
    new: &'static str,
    /// Its old flag and that of today, without the dashes before them.
    flags: (&'static str, &'static str),
}

const SETTINGS: [Setting; 1] = [Setting {
    old: "match.keep_furniture",
    new: "match.keep_boilerplate",
    flags: ("keep-furniture", "keep-boilerplate"),
}];
/// Perturbations: what their old names began with, and what those of today do.
const PERTURBATIONS: [(&str, &str); 1] = [("furniture_", "boilerplate_")];

/// The old places of a setting.
pub(super) fn old_settings(new: &str) -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().filter(move |setting| setting.new == new).map(|setting| setting.old)
}

/// The old flags of a setting.
pub(super) fn old_flags(new: &str) -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().filter(move |setting| setting.new == new).map(|setting| setting.flags.0)
}

/// Returns the place of a setting today, and warns of an old one.
pub(super) fn setting(path: String) -> String {
    match SETTINGS.iter().find(|setting| setting.old == path) {
        Some(setting) => {
            warn(setting.old, setting.new);
            setting.new.to_owned()
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

/// Warns of the old environment variable of a setting.
pub(super) fn warn_of_variable(old: &str, new: &str) {
    warn(&variable(old), &variable(new));
}

/// Warns of old flags among the arguments.
pub(super) fn warn_of_flags(arguments: impl Iterator<Item = String>) {
    for argument in arguments.take_while(|argument| argument != "--") {
        let flag = argument.strip_prefix("--").map(|flag| flag.split('=').next().unwrap_or_default());
        for Setting { flags: (old, new), .. } in SETTINGS {
            if flag == Some(old) {
                warn(&format!("--{old}"), &format!("--{new}"));
            }
        }
    }
}

fn warn(old: &str, new: &str) {
    tracing::warn!("{old} is now called {new}; the old name will not work in the next version");
}
