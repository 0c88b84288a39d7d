use super::*;

fn detected(content: &[u8]) -> String {
    Charset::of(content, None, Region::default()).expect("clear").name()
}

#[test]
fn encodings_are_detected() {
    let utf_16 = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    let little = |text| utf_16(text).into_iter().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let big = |text| utf_16(text).into_iter().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let german = "Telefon;Vorname\r\n+4915123456789;Jürgen Müßig\r\n";
    let russian = "Телефон;Имя\r\n+79161234567;Иван\r\n";
    assert_eq!(detected(german.as_bytes()), "utf-8");
    assert_eq!(detected(&little(german)), "utf-16le");
    assert_eq!(detected(&big(german)), "utf-16be");
    assert_eq!(detected(&little(russian)), "utf-16le");
    assert_eq!(detected(&big(&format!("\u{feff}{russian}"))), "utf-16be");
    assert_eq!(detected(b"phone,name\n+14155550123,Zo\xeb\n"), "windows-1252");
    assert_eq!(detected(b"phone,name\n+14155550123,Fran\xe7ois\n"), "windows-1252");
    assert_eq!(detected(b"phone,name\r+14155550123,Zo\x91\r"), "macintosh");
    assert_eq!(detected(b"phone,name\r+14155550123,M\xfcller\r"), "windows-1252");
    assert_eq!(detected(b""), "utf-8");
}

#[test]
fn encodings_of_western_europe_are_told_apart() {
    let detect = |names: &[u8], region: &str, end: &[u8]| {
        let content = [b"phone,name", end, b"1,", names, end].concat();
        let region = region.parse().expect("a region");
        Charset::of(&content, None, region).map(Charset::name)
    };
    let (dos, unix) = (b"\r\n", b"\n");
    for (names, region) in [
        (&b"M\x81ller"[..], "DE"),
        (b"J\x81rgen, Gie\xe1en", "AT"),
        (b"H\x82l\x8ane, Fran\x87ois", "FR"),
        (b"N\xa3\xa4ez, Bego\xa4a", "ES"),
        (b"Jo\xc6o, Concei\x87\xc6o", "PT"),
        (b"Niccol\x95", "IT"),
    ] {
        assert_eq!(detect(names, region, dos), Ok("cp850".to_owned()), "{region}");
    }
    for (names, region) in [
        (&b"M\x9fller"[..], "DE"),
        (b"J\x9frgen, K\x9aln, Gie\xa7en", "DE"),
        (b"H\x8el\x8fne, Fran\x8dois", "FR"),
        (b"Jo\x8bo", "PT"),
    ] {
        assert_eq!(detect(names, region, unix), Ok("macintosh".to_owned()), "{region}");
    }
    for end in [&dos[..], unix, b"\r"] {
        for names in [
            &b"M\xfcller"[..],
            b"O\x92Brien",
            b"\x93Hi\x94 \x96 5 \x80",
            b"Jos\xe9\xa0P.",
            b"\xc9LODIE",
        ] {
            assert_eq!(detect(names, "DE", end), Ok("windows-1252".to_owned()), "{names:?}");
        }
    }
    // Cyrillic that is too short to be recognized.
    assert_eq!(detect(b"\xc8\xe2\xe0\xed", "RU", dos), Err(UnclearCharset));
    assert_eq!(detect(b"\x8e\x52\x93\x63\x91\xbe\x98\x59", "JP", dos), Ok("shift_jis".to_owned()));
}

#[test]
fn one_damaged_character_leaves_a_file_in_utf_8() {
    assert_eq!(detected(b"phone,name\n1,Zo\xc3\xab\n2,Ren\xc3\xa9\n3,Ren\xc3\n"), "utf-8");
    assert_eq!(detected(b"phone,name\n1,Zo\xc3\xab\n2,Zo\xeb\n"), "utf-8");
    assert_eq!(detected(b"phone,name\n+1415\0,Ana\n"), "utf-8");
}

#[test]
fn names_are_the_standards() {
    let name = |name| Charset::named(name).map(Charset::name);
    assert_eq!(name("Latin1"), Ok("windows-1252".to_owned()));
    assert_eq!(name(" cp1252 "), Ok("windows-1252".to_owned()));
    assert_eq!(name("CP850"), Ok("cp850".to_owned()));
    assert_eq!(name("ibm437"), Ok("cp437".to_owned()));
    assert_eq!(name("UTF8"), Ok("utf-8".to_owned()));
    assert_eq!(name("klingon"), Err(UnknownCharset("klingon".to_owned())));
    assert_eq!(name("hz-gb-2312"), Err(UnknownCharset("hz-gb-2312".to_owned())));
    let named = Charset::named("windows-1252").ok();
    let marked = Charset::of(b"\xef\xbb\xbfphone", named, Region::default());
    assert_eq!(marked, Ok(Charset::UTF_8), "the mark decides");
}
