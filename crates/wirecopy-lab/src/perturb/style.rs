//! Changes the house style (number formats, quotes, dashes, percent signs, accents) and the values of numbers.

use unicode_normalization::UnicodeNormalization;

use super::rng::Rng;

/// The zeros of the decimal digits used in news.
const ZEROS: &[char] = &['0', '٠', '۰', '०', '০', '๐', '０'];

/// Changes half of the numbers of `text`, at least one. A number keeps its length and does not gain a leading zero.
pub(super) fn other_numbers(text: &str, rng: &mut Rng) -> String {
    let numbers = numbers(text);
    let always = rng.below(numbers.len());
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (i, &(start, end)) in numbers.iter().enumerate() {
        out.push_str(&text[at..start]);
        at = end;
        if i == always || rng.chance(0.5) {
            change(&text[start..end], rng, &mut out);
        } else {
            out.push_str(&text[start..end]);
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Rewrites `text` in another house style, which is consistent throughout the text.
pub(super) fn restyle(text: &str, rng: &mut Rng) -> String {
    let quotes = [['"', '"', '\'', '\''], ['“', '”', '‘', '’'], ['«', '»', '‹', '›'], ['„', '“', '‚', '‘']];
    let straight = text.contains('"') || !text.contains(['“', '«', '„']);
    let quotes = if straight { quotes[1 + rng.below(3)] } else { quotes[0] };
    let dash = rng.pick(&["–", "-", "--", "—"], "–");
    // Thousands and decimal separators: 1200 and 3.5, 1.200 and 3,5, 1 200 and 3,5.
    let (group, point) = rng.pick(&[("", "."), (".", ","), ("\u{a0}", ",")], ("", "."));
    let spelt_percent = rng.chance(0.5);

    let mut out = String::with_capacity(text.len() + 16);
    let mut numbers = numbers(text).into_iter().peekable();
    let mut chars = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        let mut last = c;
        if let Some((start, end)) = numbers.next_if(|&(start, _)| start == at) {
            regroup(&text[start..end], group, point, &mut out);
            while let Some((_, c)) = chars.next_if(|&(next, _)| next < end) {
                last = c;
            }
        } else {
            let next = chars.peek().map_or(' ', |&(_, c)| c);
            let inside_word = previous.is_alphanumeric() && next.is_alphanumeric();
            match c {
                '"' | '“' | '”' | '«' | '»' | '„' => {
                    out.push(quotes[usize::from(!opens(c, previous))]);
                }
                '\'' | '’' if inside_word => out.push(if straight { '’' } else { '\'' }),
                '\'' | '‘' | '’' | '‹' | '›' | '‚' => {
                    out.push(quotes[2 + usize::from(!opens(c, previous))]);
                }
                '–' | '—' => out.push_str(dash),
                '-' if previous == ' ' && next == ' ' => out.push_str(dash),
                '…' => out.push_str("..."),
                '%' if spelt_percent && previous.is_ascii_digit() => out.push_str(" percent"),
                _ => out.push(c),
            }
        }
        previous = last;
    }
    out
}

/// Removes optional marks: accents, and Arabic and Hebrew vowels. Vowel signs of Indic scripts are not optional and are kept.
pub(super) fn drop_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|&c| !is_optional(c)).nfc() {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'Æ' => out.push_str("AE"),
            'œ' => out.push_str("oe"),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'đ' | 'ð' => out.push('d'),
            'Đ' => out.push('D'),
            'ø' => out.push('o'),
            'Ø' => out.push('O'),
            'ı' => out.push('i'),
            _ => out.push(c),
        }
    }
    out
}

fn is_optional(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn opens(c: char, previous: char) -> bool {
    match c {
        '“' | '«' | '„' | '‘' | '‹' | '‚' => true,
        '"' | '\'' => previous.is_whitespace() || matches!(previous, '(' | '[' | '“' | '«' | '—' | '–'),
        _ => false,
    }
}

fn zero(c: char) -> Option<char> {
    ZEROS.iter().copied().find(|&zero| (zero as u32..zero as u32 + 10).contains(&(c as u32)))
}

/// Finds numbers: digits with full stops, commas and no-break spaces between them.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    let mut sign_at = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match out.last_mut() {
            Some(last) if zero(c).is_some() && (last.1 == at || sign_at == Some((last.1, at))) => {
                last.1 = end;
            }
            _ if zero(c).is_some() => out.push((at, end)),
            Some(last) if last.1 == at && matches!(c, '.' | ',' | '\u{a0}' | '\u{202f}') => {
                sign_at = Some((at, end));
            }
            _ => {}
        }
    }
    out
}

fn change(number: &str, rng: &mut Rng, out: &mut String) {
    let digits = number.chars().filter(|&c| zero(c).is_some()).count();
    // A year keeps its century, and `09` its leading zero, as a day or month.
    let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    let kept = if year { 2 } else { usize::from(digits > 1 && number.starts_with(ZEROS)) };
    let always = kept + rng.below(digits - kept);
    let mut nth = 0;
    for c in number.chars() {
        let Some(zero) = zero(c) else {
            out.push(c);
            continue;
        };
        let value = c as u32 - zero as u32;
        let other = if nth == always || nth > kept && rng.chance(0.5) {
            // The first changed digit must not become 0.
            let (low, span) = if nth == kept && digits > 1 && !year { (1, 9) } else { (0, 10) };
            low + (value.max(low) - low + 1 + rng.below(span as usize - 1) as u32) % span
        } else {
            value
        };
        out.push(char::from_u32(zero as u32 + other).unwrap_or(c));
        nth += 1;
    }
}

/// Writes a number with other separators. A last separator before three digits counts as a thousands separator. Dates
/// (`5.10.2023`) and non-ASCII digits are unchanged.
fn regroup(number: &str, group: &str, point: &str, out: &mut String) {
    let parts: Vec<&str> = number.split(['.', ',', '\u{a0}', '\u{202f}']).collect();
    let grouped = |parts: &[&str]| parts[0].len() <= 3 && parts[1..].iter().all(|part| part.len() == 3);
    let ascii = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let (whole, fraction) = match parts.split_last() {
        _ if !ascii => (&parts[..0], None),
        Some((_, [])) | None => (&parts[..0], None),
        Some(_) if grouped(&parts) => (&parts[..], None),
        Some((last, whole)) if grouped(whole) => (whole, Some(*last)),
        Some(_) => (&parts[..0], None),
    };
    if whole.is_empty() {
        out.push_str(number);
        return;
    }
    out.push_str(&whole.join(group));
    if let Some(fraction) = fraction {
        out.push_str(point);
        out.push_str(fraction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_numbers_keep_their_format() {
        for seed in 0..50 {
            let text = "Up 1,200 to 7 at 3.5%, ٢٠٢٣ und 10.";
            let out = other_numbers(text, &mut Rng::new(seed));
            assert_ne!(out, text);
            assert_eq!(out.chars().count(), text.chars().count());
            let shape =
                |s: &str| s.chars().map(|c| if zero(c).is_some() { '0' } else { c }).collect::<String>();
            assert_eq!(shape(&out), shape(text));
            assert!(!out.contains(" 0,") && !out.contains(" 0."), "{out}");
        }
        assert_eq!(other_numbers("none here", &mut Rng::new(1)), "none here");
    }

    #[test]
    fn dates_stay_dates() {
        for seed in 0..50 {
            let out = other_numbers("1987 05", &mut Rng::new(seed));
            assert!(out.starts_with("19") && out[4..].starts_with(" 0") && !out.ends_with('0'), "{out}");
        }
    }

    #[test]
    fn number_separators_are_replaced() {
        let as_german = |number: &str| {
            let mut out = String::new();
            regroup(number, ".", ",", &mut out);
            out
        };
        assert_eq!(as_german("1,200"), "1.200");
        assert_eq!(as_german("1,200.75"), "1.200,75");
        assert_eq!(as_german("3.5"), "3,5");
        assert_eq!(as_german("1200"), "1200");
        assert_eq!(as_german("24.09.2023"), "24.09.2023");
    }

    #[test]
    fn quotes_are_replaced() {
        for seed in 0..30 {
            let curly = restyle("He said: \"It's a 'no'.\"", &mut Rng::new(seed));
            assert!(!curly.contains(['"', '\'']), "{curly}");
            assert_eq!(restyle("“It’s – no…”", &mut Rng::new(seed)).chars().next(), Some('"'));
        }
    }

    #[test]
    fn optional_marks_are_removed_and_vowel_signs_kept() {
        assert_eq!(drop_marks("Łódź, Straße, İzmir, mañana, ёж"), "Lodz, Strasse, Izmir, manana, еж");
        assert_eq!(drop_marks("कमाल 한국 日本"), "कमाल 한국 日本");
        assert_eq!(drop_marks("مُحَمَّد"), "محمد");
    }
}
