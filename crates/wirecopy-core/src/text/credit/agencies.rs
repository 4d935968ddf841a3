//! The table of agencies: `data/agencies.tsv`, extended by a file of the user's.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::phrases::Phrases;
use crate::{Error, Result, word_table};

const SHIPPED: &str = include_str!("../../../data/agencies.tsv");

static AGENCIES: LazyLock<Arc<Agencies>> = LazyLock::new(|| {
    let mut agencies = Agencies::default();
    word_table::shipped(agencies.add(SHIPPED).map_err(|(line, message)| format!("line {line}: {message}")));
    Arc::new(agencies)
});

/// News agencies and their names.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    names: Vec<String>,
    pub(super) phrases: Phrases<Name>,
}

/// The meaning of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Index of the agency.
    pub(super) agency: u16,
    /// Whether the name is also an ordinary word or the name of something else.
    pub(super) weak: bool,
}

impl Agencies {
    /// Returns the table that is compiled into the program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&AGENCIES)
    }

    /// Returns the same as a reference, for callers that need it for every line.
    pub(super) fn shipped_ref() -> &'static Self {
        &AGENCIES
    }

    /// Returns the built-in table extended by the rows of a table of the same form: new agencies, and more names of
    /// known ones. A name that the built-in table gives to another agency changes to the one in `rows`. Errors name
    /// `file` as the place of the rows.
    ///
    /// # Errors
    /// Returns [`Error::Format`] with the line if a row is malformed.
    pub fn with_rows(rows: &str, file: &Path) -> Result<Arc<Self>> {
        let mut agencies = Self::clone(&AGENCIES);
        agencies.add(rows.trim_start_matches('\u{feff}')).map_err(|(line, message)| Error::Format {
            path: file.to_owned(),
            line: Some(line),
            message,
        })?;
        Ok(Arc::new(agencies))
    }

    /// Returns the agency's name as used in reports.
    pub(super) fn name(&self, agency: u16) -> &str {
        self.names.get(usize::from(agency)).map_or("", String::as_str)
    }

    fn add(&mut self, table: &str) -> std::result::Result<(), (u64, String)> {
        // Which agency has each name in this table, so that a name given to two agencies is an error.
        let mut claims: HashMap<String, u16> = HashMap::new();
        for (line, row) in word_table::lines(table) {
            let fail = |message: String| Err((line, message));
            let mut columns = row.split('\t').map(str::trim);
            let name = columns.next().unwrap_or_default();
            if !name.chars().any(char::is_alphabetic) {
                return fail(format!("expected the name of an agency, found `{name}`"));
            }
            let agency = match self.names.iter().position(|known| known == name) {
                Some(at) => at,
                None => {
                    self.names.push(name.to_owned());
                    self.names.len() - 1
                }
            };
            let Ok(agency) = u16::try_from(agency) else {
                return fail("more than 65,535 agencies".to_owned());
            };
            let mut spellings: Vec<&str> = columns.collect();
            if spellings.first() == Some(&"=") {
                spellings.remove(0);
            } else {
                spellings.insert(0, name);
            }
            for spelling in spellings {
                let weak = spelling.starts_with('~');
                let spelling = spelling.trim_start_matches('~');
                if spelling.chars().filter(|c| c.is_alphabetic()).count() < 2 {
                    return fail(format!("expected a name of at least two letters, found `{spelling}`"));
                }
                match claims.insert(spelling.to_owned(), agency) {
                    Some(other) if other != agency => {
                        return fail(format!("`{spelling}` is already a name of {}", self.name(other)));
                    }
                    _ => self.phrases.insert(spelling, false, Name { agency, weak }),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_table_is_well_formed() {
        let mut agencies = Agencies::default();
        assert_eq!(agencies.add(SHIPPED), Ok(()));
        assert!(agencies.names.len() > 100, "{}", agencies.names.len());
    }

    #[test]
    fn malformed_row_is_an_error_with_its_line() {
        let mut agencies = Agencies::default();
        assert_eq!(agencies.add("# x\n\nVelwire\tVelmark Wire\n").map_err(|(line, _)| line), Ok(()));
        for (table, line) in
            [("A\tB\n123\tx", 1), ("Velwire\n\tVW", 2), ("Velwire\tVW\nVendor\tVW", 2), ("Vel\t\n", 1)]
        {
            let found = Agencies::default().add(table).map_err(|(line, _)| line);
            assert_eq!(found, Err(line), "{table:?}");
        }
    }
}
