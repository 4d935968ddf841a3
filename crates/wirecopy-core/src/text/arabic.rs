//! Brings Arabic script into one spelling.
//!
//! The same word is typed with Arabic, Persian or Urdu letters, with hamza or without, and with or without vowels: Persian `ی`
//! and Arabic `ي`, `علماء` and `علما`, `جدًا` and `جدا`. Search engines fold these letters too (Lucene's normalizers of Arabic and
//! Persian). Unlike there, `ئ` is dropped, because Urdu also writes it before the letter that carries it (`دبائو` for `دباؤ`).

/// Unifies the spelling of a folded word in NFC that has Arabic letters. A word of nothing but optional letters is kept.
pub(super) fn unify(word: &mut String, start: usize) {
    let own = &word[start..];
    if own.chars().all(is_optional) {
        return;
    }
    let unified: String = own.chars().filter(|&c| !is_optional(c)).map(letter).collect();
    word.replace_range(start.., &unified);
}

/// Returns whether a letter or mark may be left out: hamza and vowels.
pub(super) fn is_optional(c: char) -> bool {
    matches!(c, 'ء' | 'ئ' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Returns the letter that stands for all spellings of `c`.
fn letter(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ؤ' => 'و',
        'ى' | 'ی' | 'ې' => 'ي',
        'ۓ' => 'ے',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ہ' | 'ۀ' | 'ۂ' | 'ۃ' | 'ە' => 'ه',
        other => other,
    }
}

/// Returns whether a character is a letter or mark of the block of Arabic.
pub(super) fn is_arabic(c: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&c)
}
