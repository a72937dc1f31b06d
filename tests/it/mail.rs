//! Mails are read: bytes in, an `Inbound` out, nothing lost.
//!
//! Each `fixtures/mail/*.eml` stands beside what is to be read from it; `UPDATE_EXPECT=1` writes
//! these readings anew.

use postdesk::mail::parse::{content, parse, parse_header};
use postdesk::mail::{Attachment, Encoding, Inbound, Person};
use proptest::prelude::*;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Fewer would mean that fixtures were lost.
const FIXTURES_MIN: usize = 60;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail")
}

fn fixtures() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    paths.sort();
    paths
}

fn reading(mail: &Inbound, raw: &[u8]) -> String {
    let mut out = String::new();
    let mut put = |key: &str, value: &str| writeln!(out, "{key}: {value}").unwrap();
    let all =
        |people: &[Person]| people.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    put("subject", mail.subject.as_deref().unwrap_or("(none)"));
    put("from", &all(&mail.from));
    if mail.from_fields != 1 {
        put("from-fields", &mail.from_fields.to_string());
    }
    put("to", &all(&mail.to));
    if !mail.cc.is_empty() {
        put("cc", &all(&mail.cc));
    }
    if let Some(id) = &mail.message_id {
        put("message-id", &id.to_string());
    }
    for (key, ids) in [("in-reply-to", &mail.in_reply_to), ("references", &mail.references)] {
        if !ids.is_empty() {
            put(key, &ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
        }
    }
    for file in &mail.attachments {
        put("attachment", &described(file));
        assert_eq!(content(raw, file).len(), file.size, "{file:?}");
    }
    for defect in &mail.defects {
        put("defect", defect);
    }
    block(&mut out, "text", &mail.text);
    block(&mut out, "nested", &mail.nested_text);
    if let Some(report) = &mail.report {
        writeln!(out, "report: {}", report.kind).unwrap();
        block(&mut out, "status", &report.status);
        block(&mut out, "original", &report.original);
    }
    out
}

fn described(file: &Attachment) -> String {
    let name = file.name.as_deref().unwrap_or("(none)");
    let shown = file.content_id.as_deref().map(|id| format!(", shown as {id}")).unwrap_or_default();
    format!("{name}, {}, {} bytes{shown}", file.content_type, file.size)
}

fn block(out: &mut String, key: &str, text: &str) {
    if !text.is_empty() {
        writeln!(out, "{key}:").unwrap();
        text.split('\n').for_each(|line| writeln!(out, "| {line}").unwrap());
    }
}

#[test]
fn fixtures_are_read_as_expected() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for path in fixtures() {
        let raw = std::fs::read(&path).unwrap();
        let read = reading(&parse(&raw), &raw);
        let expected = path.with_extension("txt");
        if update {
            std::fs::write(&expected, &read).unwrap();
        }
        let known = std::fs::read_to_string(&expected).unwrap_or_default();
        if known != read {
            wrong.push(format!("{}\n--- expected\n{known}--- read\n{read}", path.display()));
        }
    }
    assert!(fixtures().len() >= FIXTURES_MIN);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn line_ends_do_not_change_what_is_read() {
    for path in fixtures() {
        let raw = std::fs::read(&path).unwrap();
        let bare = without_returns(&raw);
        let full = with_returns(&bare);
        let (bare_read, full_read) = (parse(&bare), parse(&full));
        assert_eq!(bare_read.text, full_read.text, "{}", path.display());
        assert_eq!(bare_read.fields, full_read.fields, "{}", path.display());
        assert_eq!(bare_read.identity, full_read.identity, "{}", path.display());
    }
}

fn without_returns(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, byte) in raw.iter().enumerate() {
        if *byte != b'\r' || raw.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

fn with_returns(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in raw {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}

fn simple(header: &str, body: &[u8]) -> Vec<u8> {
    let mut raw =
        format!("From: carol@customer.test\r\nSubject: x\r\n{header}\r\n\r\n").into_bytes();
    raw.extend_from_slice(body);
    raw
}

/// Charset, bytes, what they say.
const CHARSETS: [(&str, &[u8], &str); 30] = [
    ("iso-2022-jp", b"\x1b$B$9$_$^$;$s\x1b(B", "すみません"),
    ("shift_jis", b"\x82\xb7\x82\xdd\x82\xdc\x82\xb9\x82\xf1", "すみません"),
    ("cp932", b"\x82\xb7\x82\xdd\x82\xdc\x82\xb9\x82\xf1", "すみません"),
    ("euc-jp", b"\xa4\xb9\xa4\xdf\xa4\xde\xa4\xbb\xa4\xf3", "すみません"),
    ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
    ("koi8-u", b"\xf0\xd2\xc9\xd7\xa6\xd4", "Привіт"),
    ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
    ("iso-8859-5", b"\xbf\xe0\xd8\xd2\xd5\xe2", "Привет"),
    ("gb2312", b"\xc4\xe3\xba\xc3", "你好"),
    ("gbk", b"\xc4\xe3\xba\xc3", "你好"),
    ("gb18030", b"\xc4\xe3\xba\xc3", "你好"),
    ("big5", b"\xa7A\xa6n", "你好"),
    ("euc-kr", b"\xbe\xc8\xb3\xe7", "안녕"),
    ("ks_c_5601-1987", b"\xbe\xc8\xb3\xe7", "안녕"),
    ("cp949", b"\xbe\xc8\xb3\xe7", "안녕"),
    ("windows-1250", b"\x9elu\x9dou\xe8k\xfd", "žluťoučký"),
    ("windows-1252", b"10 \x80 \x96 Gr\xfc\xdfe", "10 € – Grüße"),
    ("windows-1253", b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1", "Καλημέρα"),
    ("windows-1254", b"I\xfe\xfdk", "Işık"),
    ("windows-1255", b"\xf9\xec\xe5\xed", "שלום"),
    ("windows-1256", b"\xe3\xd1\xcd\xc8\xc7", "مرحبا"),
    ("windows-1257", b"t\xe4is \xf5u", "täis õu"),
    ("iso-8859-1", b"\x805 Gr\xfc\xdfe", "€5 Grüße"),
    ("ISO-8859-2", b"\xbelu\xbbou\xe8k\xfd", "žluťoučký"),
    ("iso-8859-7", b"\xca\xe1\xeb\xe7\xec\xdd\xf1\xe1", "Καλημέρα"),
    ("iso-8859-15", b"\xa4 5", "€ 5"),
    ("utf-16", b"\xff\xfe\xe9\x00t\x00\xe9\x00", "été"),
    ("utf-16be", b"\x00\xe9\x00t\x00\xe9", "été"),
    ("utf-7", b"Gr+APwA3w-e", "Grüße"),
    ("\"utf8\"", "Grüße".as_bytes(), "Grüße"),
];

#[test]
fn charsets_are_read() {
    for (label, bytes, text) in CHARSETS {
        // utf-16 holds NULs and line ends of two bytes: it can only come encoded.
        let raw = simple(
            &format!(
                "Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: quoted-printable"
            ),
            &quoted(bytes),
        );
        let mail = parse(&raw);
        assert_eq!(mail.text, text, "{label}");
        assert_eq!(mail.defects, Vec::<String>::new(), "{label}");
    }
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("={byte:02X}").into_bytes()).collect()
}

#[test]
fn encoded_words_are_read_in_all_charsets() {
    for (label, bytes, text) in CHARSETS {
        let word = String::from_utf8(quoted(bytes)).unwrap();
        let label = label.trim_matches('"');
        let raw = format!(
            "Subject: Re: =?{label}?Q?{word}?=\r\nFrom: =?{label}?q?{word}?= <ada@example.org>\r\n\r\n"
        );
        let mail = parse(raw.as_bytes());
        assert_eq!(mail.subject.as_deref(), Some(format!("Re: {text}").as_str()), "{label}");
        assert_eq!(mail.from[0].name.as_deref(), Some(text), "{label}");
    }
}

#[test]
fn an_empty_mail_is_a_mail() {
    for raw in [&b""[..], b"\r\n", b"\n\n\n", b"From nobody\n", b"\0", b":", b" \n"] {
        let mail = parse(raw);
        assert!(
            mail.from.is_empty() && mail.subject.is_none() && mail.attachments.is_empty(),
            "{raw:?}"
        );
    }
    assert_eq!(parse(b"\r\njust a body").text, "just a body");
    assert_eq!(parse(b"just a body").text, "just a body");
}

#[test]
fn a_header_alone_is_read() {
    let mail = parse_header(
        b"From: Ada <ada@example.org>\r\nSubject: Huge\r\nMessage-ID: <huge@example.org>\r\n\r\n",
    );
    assert_eq!(mail.sender().unwrap().to_string(), "Ada <ada@example.org>");
    assert_eq!(mail.subject.as_deref(), Some("Huge"));
    assert_eq!(mail.message_id.unwrap().as_str(), "huge@example.org");
    assert!(mail.text.is_empty() && mail.defects.is_empty());
}

#[test]
fn limits_hold_and_are_told() {
    let mut raw = "X-Trace: y\r\n".repeat(2_500).into_bytes();
    raw.extend_from_slice(b"\r\nbody");
    let mail = parse(&raw);
    assert_eq!((mail.fields.len(), mail.text.as_str()), (2_000, "body"));
    assert!(mail.defects.iter().any(|defect| defect.contains("too many header fields")));

    let to = (0..3_000).map(|n| format!("p{n}@other.test")).collect::<Vec<_>>().join(",\r\n ");
    let references = (0..500).map(|n| format!("<{n}@x>")).collect::<Vec<_>>().join("\r\n ");
    let mail = parse(
        format!("To: {to}\r\nReferences: {references}\r\nSubject: {}\r\n\r\n", "ß".repeat(5_000))
            .as_bytes(),
    );
    assert_eq!(mail.to.len(), 1_000);
    assert_eq!(mail.references.len(), 200);
    assert_eq!((mail.references[0].as_str(), mail.references[199].as_str()), ("0@x", "499@x"));
    assert_eq!(mail.subject.unwrap().chars().count(), 998);
    assert_eq!(mail.defects.len(), 2);

    let mail = parse(&simple("Content-Type: text/plain", &b"0123456789\r\n".repeat(500_000)));
    assert!(mail.text.len() <= 2 * 1024 * 1024 && mail.text.len() > 2_000_000);
    assert_eq!(mail.defects, ["text too long, it was cut"]);

    let parts = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n".repeat(3_000);
    let mail = parse(&simple("Content-Type: multipart/mixed; boundary=b", parts.as_bytes()));
    assert!(mail.attachments.len() <= 1_000 && mail.attachments.len() > 900);
    assert!(mail.defects.iter().any(|defect| defect.contains("too many parts")));
}

/// The slowest that a hostile mail of some megabytes may be, in an unoptimised build on a busy
/// machine.
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn p34_a_thousand_nested_multiparts_are_read_in_time() {
    let mut body = String::new();
    for level in 0..1_000 {
        write!(
            body,
            "--b{level}\r\nContent-Type: multipart/mixed; boundary=b{}\r\n\r\n",
            level + 1
        )
        .unwrap();
    }
    body.push_str("--b1000\r\nContent-Type: text/plain\r\n\r\nThe core.\r\n--b1000--\r\n");
    let begun = crate::cpu::used();
    let mail = parse(&simple("Content-Type: multipart/mixed; boundary=b0", body.as_bytes()));
    assert!((crate::cpu::used() - begun) < PATIENCE);
    assert!(
        mail.defects.iter().any(|defect| defect.contains("nested too deeply")),
        "{:?}",
        mail.defects
    );
    assert!(mail.full_text().contains("The core."), "{:?}", mail.text);
}

#[test]
fn hostile_mail_is_read_in_time() {
    let html = "Content-Type: text/html";
    let multipart = "Content-Type: multipart/mixed; boundary=b";
    let hostile: [(&str, String); 14] = [
        (html, "<div>".repeat(100_000)),
        (html, "<blockquote>x".repeat(50_000)),
        (html, "<table><tr><td>x".repeat(30_000)),
        (html, "<!--".repeat(250_000)),
        (html, "<a href='".repeat(100_000)),
        (html, "<a href=http://x.test/>x".repeat(20_000)),
        (html, "<script></".repeat(100_000)),
        (html, "</b><p>&".repeat(50_000)),
        (html, "<ul><li>".repeat(40_000)),
        (multipart, "--b\n".repeat(250_000)),
        (multipart, "--b\nContent-Type: multipart/mixed; boundary=b\n\n".repeat(20_000)),
        (
            multipart,
            "--b\nContent-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n".repeat(15_000),
        ),
        ("Content-Type: text/plain; format=flowed", "> a \n>> b \n".repeat(50_000)),
        ("Content-Transfer-Encoding: quoted-printable", "=  ".repeat(400_000)),
    ];
    for (header, body) in hostile {
        let begun = crate::cpu::used();
        let mail = parse(&simple(header, body.as_bytes()));
        assert!(
            (crate::cpu::used() - begun) < PATIENCE,
            "{:?} {}",
            (crate::cpu::used() - begun),
            &body[..20]
        );
        assert!(mail.text.len() <= 2 * 1024 * 1024);
    }
    for field in
        ["=?", "=?a?b?", "=?utf-8?q?a?= ", "(", "<", "\"", "a,", "a:", "@", ";x*0=", "<a@b>"]
    {
        let value = field.repeat(400_000 / field.len());
        let begun = crate::cpu::used();
        let raw = format!(
            "From: {value}\nSubject: {value}\nReferences: {value}\nContent-Type: {value}\n\nx"
        );
        assert_eq!(parse(raw.as_bytes()).text, "x", "{field}");
        assert!(
            (crate::cpu::used() - begun) < PATIENCE,
            "{:?} {field}",
            (crate::cpu::used() - begun)
        );
    }
}

#[test]
fn p35_broken_mail_gives_its_best_text() {
    let broken: [(&str, &[u8]); 6] = [
        ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", b"SXQgYnV%ybnMgYWd!haW4"),
        ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", b"!! It burns again !!"),
        ("Content-Type: text/plain; charset=x-klingon", b"It burns again"),
        (
            "Content-Type: multipart/mixed; boundary=b",
            b"--b\r\nContent-Type: text/plain\r\n\r\nIt burns again",
        ),
        ("Content-Type: multipart/mixed; boundary=b", b"It burns again, and no boundary comes."),
        ("Content-Type: multipart/alternative", b"--x\r\n\r\nIt burns again\r\n--x--"),
    ];
    for (header, body) in broken {
        let mail = parse(&simple(header, body));
        assert!(mail.text.contains("It burns again"), "{header} {:?}", mail.text);
        assert_eq!(mail.from.len(), 1);
        assert!(!mail.defects.is_empty(), "{header}");
    }
}

#[test]
fn p41_a_name_is_data_and_never_a_path() {
    let long = "n".repeat(300);
    for (sent, kept) in [
        ("../../x", "../../x"),
        ("/abs/olute", "/abs/olute"),
        ("a\0b\x07c", "a b c"),
        ("=?utf-8?q?=E2=80=AEfdp.exe=00?=", "fdp.exe"),
        ("=?utf-8?q?a=0D=0AX:_y?=", "a X: y"),
        (long.as_str(), &long[..255]),
    ] {
        let raw = simple(
            &format!(
                "Content-Type: application/pdf; name=\"{sent}\"\r\nContent-Disposition: attachment; filename=\"{sent}\""
            ),
            b"x",
        );
        assert_eq!(parse(&raw).attachments[0].name.as_deref(), Some(kept));
    }
}

#[test]
fn p43_html_comes_as_text_without_script_image_or_form() {
    let html = "<html><head><script>steal()</script></head><body onload=\"steal()\"><p>Pay now.</p><script>document.write('#close')</script>\
        <img src=\"https://tracker.attacker.test/p.gif\"><form action=\"https://attacker.test/\"><label>Password</label><input name=pw value=secret>\
        <textarea>hidden words</textarea><button>Send</button></form><iframe src=\"https://attacker.test/\">frame</iframe>\
        <style>@import url(https://attacker.test/x.css)</style></body></html>";
    assert_eq!(
        parse(&simple("Content-Type: text/html", html.as_bytes())).text,
        "Pay now.\n\nPasswordSend"
    );
}

#[test]
fn p46_an_archive_is_never_opened_and_counts_as_mailed() {
    // 42.zip in miniature: the header promises far more than was mailed.
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\xff\xff\xff\x7f\x01\0\0\0a0123456789abcdef";
    let raw = simple(
        "Content-Type: application/zip; name=bomb.zip\r\nContent-Transfer-Encoding: base64",
        base64(zip, 76).as_bytes(),
    );
    let mail = parse(&raw);
    assert_eq!(mail.attachments[0].size, zip.len());
    assert_eq!(content(&raw, &mail.attachments[0]), zip);
    assert_eq!(mail.text, "");
}

/// A screenshot in the text has its mark where it stands, whatever client sent it; a small picture
/// is a logo and has none.
#[test]
fn a_screenshot_is_marked_where_it_stands() {
    let picture = |id: &str, name: &str, size: usize| {
        format!(
            "--r\r\nContent-Type: image/png; name=\"{name}\"\r\nContent-ID: <{id}>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            base64(&vec![7; size], 76)
        )
    };
    let files = [
        picture("shot@x", "Screenshot 1.png", 20_000),
        picture("logo@x", "logo.png", 2_000),
        picture("image001.png@01DA", "image001.png", 20_000),
    ]
    .concat();
    let html = "--r\r\nContent-Type: text/html\r\n\r\n<p>Look:</p><p><img src=\"cid:shot@x\"></p><p>It is red. <img src='cid:image001.png@01DA'> And this.</p><p>Carol <img src=cid:logo@x></p>\r\n";
    let raw = simple(
        "Content-Type: multipart/related; boundary=r",
        format!("{html}{files}--r--").as_bytes(),
    );
    let mail = parse(&raw);
    assert_eq!(
        mail.text,
        "Look:\n\n[image: Screenshot 1.png]\n\nIt is red. [image: image001.png] And this.\n\nCarol"
    );
    let logos: Vec<bool> = mail.attachments.iter().map(Attachment::is_logo).collect();
    assert_eq!(logos, [false, true, false]);

    let plain = "--r\r\nContent-Type: text/plain\r\n\r\nLook: [cid:shot@x]\r\nred [cid:logo@x] [cid:none@x]\r\n";
    let raw = simple(
        "Content-Type: multipart/mixed; boundary=r",
        format!("{plain}{files}--r--").as_bytes(),
    );
    assert_eq!(parse(&raw).text, "Look: [image: Screenshot 1.png]\nred [cid:logo@x] [cid:none@x]");

    let text = |words: &str| format!("--r\r\nContent-Type: text/plain\r\n\r\n{words}\r\n");
    let shot = picture("a@x", "shot.png", 100);
    for (parts, wanted) in [
        (vec![text("Before"), shot.clone(), text("after")], "Before\n\n[image: shot.png]\n\nafter"),
        (vec![text("Before"), shot.clone()], "Before"),
        (vec![shot.clone(), text("after")], "after"),
        (
            vec![text("Before"), shot.replace("inline", "attachment"), text("a list's footer")],
            "Before\n\na list's footer",
        ),
    ] {
        let body = format!("{}--r--", parts.concat());
        let raw = simple("Content-Type: multipart/mixed; boundary=r", body.as_bytes());
        assert_eq!(parse(&raw).text, wanted);
    }
}

#[test]
fn content_of_impossible_ranges_is_empty() {
    let file = |offset, length| Attachment {
        name: None,
        content_type: String::new(),
        size: 0,
        content_id: None,
        offset,
        length,
        encoding: Encoding::Base64,
    };
    for (offset, length) in [(0, usize::MAX), (usize::MAX, 1), (5, 10), (11, 0), (10, 1)] {
        assert!(content(b"0123456789", &file(offset, length)).is_empty(), "{offset} {length}");
    }
}

#[test]
fn identity_is_what_the_sender_wrote() {
    let mail = b"From: ada@example.org\r\nSubject: a\r\n folded one\r\nMessage-ID: <1@x>\r\n\r\nBody\r\nof two lines\r\n";
    let identity = parse(mail).identity;
    let mut traced =
        b"From - Mon Nov  2\r\nReceived: by here\r\nReturn-Path: <>\r\nX-Spam: no\r\n".to_vec();
    traced.extend_from_slice(mail);
    traced.extend_from_slice(b"\r\n\r\n");
    assert_eq!(parse(&traced).identity, identity);
    let refolded = b"from:  ada@example.org\nSUBJECT:\n a folded\n one\nMessage-Id: <1@x>\n\nBody\nof two lines";
    assert_eq!(parse(refolded).identity, identity);
    for (old, new) in [
        ("Body", "body"),
        ("1@x", "2@x"),
        ("two lines", "two  lines"),
        ("a\r\n", "b\r\n"),
        ("Body\r\n", "Body\r\n\r\n"),
    ] {
        let other = String::from_utf8(mail.to_vec()).unwrap().replacen(old, new, 1);
        assert_ne!(parse(other.as_bytes()).identity, identity, "{old}");
    }
    assert_ne!(
        parse(b"Subject: a\nTo: b\n\nx").identity,
        parse(b"Subject: a\nCc: b\n\nx").identity
    );
}

/// Base64 in lines.
fn base64(bytes: &[u8], width: usize) -> String {
    let text = crate::agents::encode::base64(bytes);
    let lines = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
    lines.collect::<Vec<_>>().join("\r\n")
}

fn check(raw: &[u8]) {
    let mail = parse(raw);
    for file in &mail.attachments {
        let end = file.offset.checked_add(file.length).unwrap();
        assert!(end <= raw.len(), "{file:?}");
        assert_eq!(content(raw, file).len(), file.size, "{file:?}");
        assert!(
            file.name
                .iter()
                .all(|name| !name.chars().any(char::is_control) && name.chars().count() <= 255)
        );
    }
    for text in [&mail.text, &mail.nested_text] {
        assert!(!text.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{text:?}");
        assert!(text.len() <= 2 * 1024 * 1024);
    }
    let people = mail.from.iter().chain(&mail.to).chain(&mail.cc);
    let names: Vec<&String> =
        people.filter_map(|person| person.name.as_ref()).chain(&mail.subject).collect();
    assert!(names.iter().all(|name| !name.is_empty() && !name.chars().any(char::is_control)));
    assert!(
        mail.fields.len() <= 2_000
            && mail.attachments.len() <= 1_000
            && mail.references.len() <= 200
    );
    assert!(mail.fields.iter().all(|field| !field.value.contains('\n')));
    assert_eq!(mail, parse(raw), "read twice, read the same");
}

/// A fixture with bytes changed, cut out, doubled and inserted.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let mails: Vec<Vec<u8>> = fixtures().iter().map(|path| std::fs::read(path).unwrap()).collect();
    let edit = (any::<prop::sample::Index>(), 0..5_u8, any::<u8>(), 0..60_usize);
    (prop::sample::select(mails), prop::collection::vec(edit, 1..12)).prop_map(
        |(mut raw, edits)| {
            for (index, kind, byte, length) in edits {
                let at = index.index(raw.len().max(1)).min(raw.len());
                let end = (at + length).min(raw.len());
                match kind {
                    0 if at < raw.len() => raw[at] = byte,
                    1 => raw.insert(at, byte),
                    2 => drop(raw.drain(at..end)),
                    3 => raw.splice(at..at, raw[at..end].to_vec()).for_each(drop),
                    _ => raw
                        .splice(
                            at..at,
                            [b"\n".as_slice(), b"=?utf-8?q?", b"--", b"<", b"\r", b"\0", b"\""]
                                [usize::from(byte) % 7]
                                .iter()
                                .copied(),
                        )
                        .for_each(drop),
                }
            }
            raw
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_mail_is_read(raw in mutated()) {
        check(&raw);
    }

    #[test]
    fn any_bytes_are_read(raw in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&raw);
    }

    #[test]
    fn any_html_is_read(html in "(<(/?(p|div|b|td|tr|table|li|ul|blockquote|a href=x|pre|script|head|br|hr)|!--)>|-->|&[a-z#0-9]{0,4};?|[ \na-c<>é])*") {
        check(&simple("Content-Type: text/html; charset=utf-8", html.as_bytes()));
    }

    #[test]
    fn content_is_what_was_encoded(bytes in prop::collection::vec(any::<u8>(), 0..400), width in 19..25_usize, padded: bool) {
        let mut encoded = base64(&bytes, width * 4);
        if !padded {
            encoded = encoded.trim_end_matches('=').to_owned();
        }
        for (name, encoded) in [("base64", encoded.into_bytes()), ("Quoted-Printable", quoted(&bytes))] {
            let body = [b"--b\r\n\r\nx\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: ", name.as_bytes(), b"\r\n\r\n", &encoded, b"\r\n--b--\r\n"].concat();
            let raw = simple("Content-Type: multipart/mixed; boundary=b", &body);
            let mail = parse(&raw);
            prop_assert_eq!(content(&raw, &mail.attachments[0]), &bytes[..]);
            prop_assert_eq!(mail.attachments[0].size, bytes.len());
            prop_assert_eq!(mail.text, "x");
        }
    }

    #[test]
    fn every_byte_of_the_body_counts(body in "[a-z =\n]{1,200}", at in any::<prop::sample::Index>(), byte in b'A'..=b'Z') {
        let raw = simple("X-Trace: a", body.as_bytes());
        let mut other = raw.clone();
        let start = raw.len() - body.len();
        other[start + at.index(body.len())] = byte;
        prop_assert_ne!(parse(&raw).identity, parse(&other).identity);
        let traced = [b"Received: x\r\n", &raw[..]].concat();
        prop_assert_eq!(parse(&raw).identity, parse(&traced).identity);
    }
}
