//! Properties of the terminal: colours and width.

use std::io::{IsTerminal, stderr, stdout};

use super::args::{ColorChoice, GlobalArgs};
use wirecopy_report::TextStyle;

/// Columns if the width is unknown.
const COLUMNS: usize = 80;

/// Returns whether standard error is a terminal, so that progress bars can be drawn.
pub(super) fn stderr_is_terminal() -> bool {
    stderr().is_terminal()
}

/// Returns the style of text on standard output.
pub(super) fn style(global: &GlobalArgs) -> TextStyle {
    let mut style = TextStyle::default();
    style.width = columns();
    style.color = color(global.color, stdout().is_terminal());
    style.verbosity = global.verbose;
    style
}

/// Returns whether messages may use colours.
pub(super) fn color_on_stderr(choice: ColorChoice) -> bool {
    color(choice, stderr().is_terminal())
}

/// Follows the conventions of <https://no-color.org> and <https://bixense.com/clicolors>.
fn color(choice: ColorChoice, is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Returns the width of the terminal on standard output, else the value of `COLUMNS`, else 80.
pub(super) fn columns() -> usize {
    let asked =
        std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|&columns| columns > 0);
    terminal_size::terminal_size_of(stdout())
        .map(|(width, _)| usize::from(width.0))
        .filter(|&columns| columns > 0)
        .or(asked)
        .unwrap_or(COLUMNS)
}
