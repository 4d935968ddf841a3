//! Old names, which work for one more version, with a warning.

use super::settings::variable;

/// A renamed setting.
struct Setting {
    /// Its old path in `wirecopy.toml`, from which its old environment variable is derived.
    old: &'static str,
    /// Its current path.
    new: &'static str,
    /// Its old and current flags, without the leading dashes.
    flags: (&'static str, &'static str),
}

const SETTINGS: [Setting; 1] = [Setting {
    old: "match.keep_furniture",
    new: "match.keep_boilerplate",
    flags: ("keep-furniture", "keep-boilerplate"),
}];
/// Old and current prefixes of the names of perturbations.
const PERTURBATIONS: [(&str, &str); 1] = [("furniture_", "boilerplate_")];

/// Returns the old paths of a setting.
pub(super) fn old_settings(new: &str) -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().filter(move |setting| setting.new == new).map(|setting| setting.old)
}

/// Returns the old flags of a setting.
pub(super) fn old_flags(new: &str) -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().filter(move |setting| setting.new == new).map(|setting| setting.flags.0)
}

/// Returns the current path of a setting. Logs a warning if `path` is an old one.
pub(super) fn setting(path: String) -> String {
    match SETTINGS.iter().find(|setting| setting.old == path) {
        Some(setting) => {
            warn(setting.old, setting.new);
            setting.new.to_owned()
        }
        None => path,
    }
}

/// Returns the current name of a perturbation. Logs a warning if `name` is an old one.
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

/// Logs a warning about the old environment variable of a setting.
pub(super) fn warn_of_variable(old: &str, new: &str) {
    warn(&variable(old), &variable(new));
}

/// Logs a warning about each old flag among the arguments.
pub(super) fn warn_of_flags(arguments: &[String]) {
    for Setting { flags: (old, new), .. } in SETTINGS {
        if is_given(arguments, old) {
            warn(&format!("--{old}"), &format!("--{new}"));
        }
    }
}

/// Returns whether a flag is among the arguments.
fn is_given(arguments: &[String], name: &str) -> bool {
    let flags = arguments.iter().take_while(|argument| *argument != "--");
    flags.filter_map(|argument| argument.strip_prefix("--")).any(|flag| flag.split('=').next() == Some(name))
}

/// Describes a flag that is given under its old and its new name, if any is.
pub(super) fn given_twice(arguments: &[String]) -> Option<String> {
    let both = |&(old, new): &(&str, &str)| is_given(arguments, old) && is_given(arguments, new);
    let given = SETTINGS.iter().map(|setting| setting.flags).find(both);
    given.map(|(old, new)| twice(&format!("--{old}"), &format!("--{new}")))
}

/// Describes a setting that a file has under its current name `new` and under an old one.
pub(super) fn setting_given_twice(new: &str) -> String {
    twice(&old_settings(new).collect::<Vec<_>>().join(" or "), new)
}

/// Says that a name is given under its old and its new form.
pub(super) fn twice(old: &str, new: &str) -> String {
    format!("{old} is the old name of {new}: give only one of them")
}

fn warn(old: &str, new: &str) {
    tracing::warn!("{old} is now called {new}; the old name will not work in the next version");
}
