use encoding_rs::{EUC_JP, EUC_KR, GBK};
use proptest::prelude::*;

use super::*;

const TEXTS: [&str; 14] = [
    "Кран опрокинулся в порту Норвик. Портовое управление сообщило, что рухнул кран. Расследование начато.",
    "Ένας γερανός κατέρρευσε νωρίς το πρωί της Δευτέρας στο λιμάνι, ανακοίνωσε η λιμενική αρχή.",
    "انهارت رافعة في ميناء نورفيك فجر الاثنين، وأصيب أربعة عمال، حسبما أعلنت سلطة الميناء.",
    "ペルム港のコンテナターミナルで早朝、クレーンが倒れ、作業員４人がけがをした。港湾当局が発表した。",
    "诺维克港口管理局周一表示，一台起重机清晨倒塌，四名工人受伤，铁路线中断。",
    "El puerto cerró tras la caída de la grúa; según la policía, murió un señor de Logroño.",
    "Le préfet a déclaré que l’été serait « très chaud », à Besançon comme à Nîmes.",
    "Žalobce uvedl, že příčinou pádu jeřábu byla únava materiálu; přístav je uzavřen.",
    "Dźwig runął w porcie; władze mówią o czterech rannych i zamkniętej łączności.",
    "עגורן קרס בנמל נורוויק ביום שני בבוקר, וארבעה פועלים נפצעו, מסרה רשות הנמל.",
    "크레인이 월요일 새벽 노르비크 항구에서 쓰러져 노동자 네 명이 다쳤다고 항만 당국이 밝혔다.",
    "เครนถล่มที่ท่าเรือนอร์วิกเช้าวันจันทร์ คนงานบาดเจ็บสี่คน การท่าเรือแถลง",
    "नॉरविक बंदरगाह पर सोमवार सुबह क्रेन गिर गई, चार मजदूर घायल हुए, प्रशासन ने कहा।",
    "Cần cẩu đổ sập tại cảng sáng thứ Hai, bốn công nhân bị thương, cảng vụ cho biết.",
];

/// Decodes the UTF-8 of a text in another encoding, with unmapped bytes as control codes.
fn misread(text: &str, set: &'static Encoding) -> String {
    set.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

#[test]
fn text_misread_in_a_single_byte_encoding_is_repaired() {
    for text in TEXTS {
        for set in SINGLE.into_iter().flatten() {
            let wrong = misread(text, set);
            // Similar Latin encodings explain the text equally well, and the more common one is used.
            let latin = text.chars().any(|c| c.is_ascii_alphabetic());
            let rare = [ISO_8859_2, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258].contains(&set);
            if wrong.contains(LOST) || (latin && rare) {
                continue;
            }
            assert_eq!(repair(wrong.clone()), text, "{}: {wrong}", set.name());
        }
    }
}

#[test]
fn text_misread_in_latin_1_with_control_codes_is_repaired() {
    for text in TEXTS {
        let wrong: String = text.bytes().map(char::from).collect();
        assert_eq!(repair(wrong), text);
    }
}

#[test]
fn correct_lines_around_misread_text_are_unchanged() {
    let wrong = format!("Crane topples\n\n{}\nShare – café\n", misread(TEXTS[0], WINDOWS_1251));
    assert_eq!(repair(wrong), format!("Crane topples\n\n{}\nShare – café\n", TEXTS[0]));
    assert_eq!(repair("He said â€œnoâ€\u{9d} and left.".to_owned()), "He said “no” and left.");
}

#[test]
fn text_misread_twice_is_repaired() {
    let twice = misread(&misread(TEXTS[5], WINDOWS_1252), WINDOWS_1252);
    assert_eq!(repair(twice), TEXTS[5]);
}

#[test]
fn lost_bytes_affect_only_their_own_character() {
    let python: String = misread(TEXTS[1], WINDOWS_1253)
        .chars()
        .map(|c| if ('\u{80}'..='\u{9f}').contains(&c) { LOST } else { c })
        .collect();
    let repaired = repair(python);
    let same = repaired.chars().zip(TEXTS[1].chars()).filter(|(a, b)| a == b).count();
    assert_eq!(repaired.chars().count(), TEXTS[1].chars().count());
    assert!(same * 10 > 8 * TEXTS[1].chars().count(), "{repaired}");
}

#[test]
fn text_misread_in_a_double_byte_encoding_is_repaired_except_for_lost_bytes() {
    for (text, set) in [(TEXTS[3], SHIFT_JIS), (TEXTS[4], GBK)] {
        let repaired = repair(misread(text, set));
        let kept = text.chars().filter(|c| repaired.contains(*c)).count();
        assert!(kept * 10 >= 7 * text.chars().count(), "{}: {repaired}", set.name());
    }
}

#[test]
fn correct_texts_are_unchanged() {
    let more = [
        "„Spaß“ und „Fuß“, sagte er. DIE „EPÄ“ – 20 °C, § 5 ±3 µm.",
        "Рівне. Рєпін. Її Ґанок; Сіренко, «РФ» № 5, Џеп, Његош, Љубав. РІК. ЊУЈОРК",
        "L’ÉTÉ ARRIVÉ ! À BESANÇON : « OUI »",
        "SÃO PAULO – AÇÃO, PÃO, MÃE, IRMÃ.",
        "日本語のテキストと縺れた糸。繧繝模様、繧繝縁。",
        "公司锛制品与銆字研究，的是在。",
        "Ä“ ß“ É” Ö… ×“",
        "Αθήνα: «Ο Άρης…» Ό,τι · Ώρα — ΑΠΕ‑ΜΠΕ",
    ];
    for text in TEXTS.into_iter().chain(more) {
        assert_eq!(Misread::find(text), None, "{text}");
    }
    // Their bytes in other encodings are correct text as well.
    for text in TEXTS {
        for set in [WINDOWS_1251, WINDOWS_1252, ISO_8859_7, WINDOWS_1256, EUC_JP, EUC_KR] {
            let (bytes, _, lost) = set.encode(text);
            if !lost {
                assert_eq!(Misread::find(&set.decode_without_bom_handling(&bytes).0), None);
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_handled_without_panic(text in "\\PC{0,60}", set in 0..SINGLE.len()) {
        let _ = repair(text.clone());
        let _ = repair_single(&text, set);
        let _ = repair_double(&text, SHIFT_JIS);
    }

    #[test]
    fn misread_cyrillic_words_are_repaired(
        words in prop::collection::vec("[а-яё]{2,9}", 6..30), set in prop::sample::select(vec![0_usize, 2, 14]),
    ) {
        let text = words.join(" ");
        prop_assert_eq!(repair(misread(&text, SINGLE[set].unwrap())), text);
    }
}
