//! Files as makers save them, and as nobody should.

use super::*;
use ring::agreement::{ECDH_P256, EphemeralPrivateKey};

fn key() -> String {
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &ring::rand::SystemRandom::new()).unwrap();
    Base64Url(own.compute_public_key().unwrap().as_ref().to_vec()).to_text()
}

fn file(rows: &[String]) -> String {
    format!("{}\n{}", HEADER.join(","), rows.join("\n"))
}

fn row(serial: &str) -> String {
    format!("acme,{serial},CAM-1,{},yes", key())
}

fn wrong_lines(text: &str) -> Vec<(u64, String)> {
    match read_rows(text.as_bytes()) {
        Err(InventoryError::Rows(errors)) => {
            errors.into_iter().map(|error| (error.line, error.what)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn file_is_read_with_a_byte_order_mark_crlf_and_quotes() {
    let text =
        format!("\u{feff}{}\r\nacme,ab-12,\"Cam \"\"2\"\", black\",{},no\r\n", HEADER.join(","), key());
    let rows = read_rows(text.as_bytes()).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].device.to_string(), "acme.AB-12");
    assert_eq!(rows[0].model.as_str(), "Cam \"2\", black");
    assert!(!rows[0].has_password);
    assert_eq!(rows[0].line, 2);
}

#[test]
fn every_wrong_row_is_named_by_its_line() {
    let rows = [
        row("AB-12"),
        row("AB"),
        format!("ACME,AB-13,CAM,{},yes", key()),
        "acme,AB-14,CAM,BAQE,yes".to_owned(),
        format!("acme,AB-15,CAM,{},true", key()),
        format!("acme,AB-16,CAM,{}", key()),
        format!("acme,ÄB-17,CAM,{},no", key()),
        format!("acme,AB-18,{},{},no", "x".repeat(257), key()),
    ];
    let wrong = wrong_lines(&file(&rows));
    assert_eq!(wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8, 9]);
    assert!(wrong[6].1.contains("256"), "{wrong:?}");
}

#[test]
fn rows_that_contradict_one_another_are_named_with_the_other_line() {
    let (first, second) = (row("AB-12"), row("AB-13"));
    let shared = format!("acme,AB-14,CAM-1,{},yes", first.split(',').nth(3).unwrap());
    let other_model = second.replace("CAM-1", "CAM-2");
    let wrong =
        wrong_lines(&file(&[first.clone(), second, shared, other_model, row("AB-12"), first.clone()]));
    assert_eq!(wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6]);
    assert!(wrong[0].1.contains("acme.AB-12 in line 2"), "{wrong:?}");
    assert!(wrong[1].1.contains("acme.AB-13 stands in line 3"), "{wrong:?}");
    assert!(wrong[2].1.contains("acme.AB-12 stands in line 2"), "{wrong:?}");
    assert_eq!(
        read_rows(file(&[first.clone(), first]).as_bytes()).unwrap().len(),
        2,
        "the same twice is no harm"
    );
}

#[test]
fn quotation_mark_that_is_not_closed_is_named_by_its_line() {
    let open = row("AB-13").replace("CAM-1", "\"CAM-1");
    let wrong = wrong_lines(&file(&[row("AB-12"), open, row("AB-14")]));
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].0, 3);
    assert!(wrong[0].1.contains("quotation mark"), "{wrong:?}");
}

#[test]
fn key_that_is_no_point_of_the_curve_is_refused() {
    let mut off = Base64Url::from_text(&key()).unwrap();
    off.0[64] ^= 1;
    assert_eq!(wrong_lines(&file(&[format!("acme,AB-12,CAM,{},yes", off.to_text())])).len(), 1);
}

#[test]
fn file_that_is_no_csv_is_told_what_it_is() {
    let read = |bytes: &[u8]| read_rows(bytes).unwrap_err().to_string();
    assert!(read(b"\xff\xfem\0a\0").contains("UTF-8"));
    assert!(read(b"PK\x03\x04rest").contains("zipped"));
    assert!(read(b"maker,serial\n").contains("first line"));
    assert!(read(b"").contains("first line"));
    assert!(read(b"maker,serial,model,public key,has password,more\n").contains("first line"));
    assert!(read(b"\x80\x81").contains("UTF-8"));
}

#[test]
fn size_and_rows_are_limited() {
    let endless = std::io::repeat(b'"');
    assert!(matches!(read_rows(endless), Err(InventoryError::TooLarge)));
    let rows = vec!["a,b,c,d,e".to_owned(); MAX_ROWS + 1];
    assert!(matches!(read_rows(file(&rows).as_bytes()), Err(InventoryError::TooManyRows)));
    let unclosed = file(&[format!("acme,\"AB-12{}", ",".repeat(1_000_000))]);
    assert_eq!(wrong_lines(&unclosed).len(), 1);
}

#[test]
fn long_list_of_wrong_rows_is_cut() {
    let rows = vec!["a,b,c,d,e".to_owned(); 30];
    let told = read_rows(file(&rows).as_bytes()).unwrap_err().to_string();
    assert!(told.contains("line 21") && !told.contains("line 22:") && told.contains("and 10 more"), "{told}");
}
