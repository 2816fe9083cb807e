//! The link of a handoff: `https://<link host>/h#c=<code>`, and nothing else.
//!
//! A link comes from anywhere: a web page, a message, a printed code. So it is compared, not interpreted: exact scheme,
//! host and path, one key, printable ASCII without escapes, at most [`LONGEST_LINK`] bytes. Two parsers that disagree
//! about a URL are the usual way around such a check; here there is only this one, and what it takes has one meaning.
//! The code is borrowed from the text: no copy of a secret is made.

use crate::LinkHost;
use crate::checksum::{CHECKSUM_LENGTH, checksum};
use crate::handoff::LONGEST_LINK;

/// What every code begins with.
pub const CODE_PREFIX: &str = "pl_ho_";

/// 32 bytes as base64url.
const CODE_BODY: usize = 43;

/// Why a text is not a link of a handoff. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotAHandoffLink {
    /// Longer than [`LONGEST_LINK`].
    TooLong,
    /// A character that is not printable ASCII: control or bidirectional characters, spaces, look-alikes.
    NotPlain,
    /// A backslash: some parsers take it for a slash.
    Backslash,
    /// A percent sign: nothing in the link needs an escape.
    Escaped,
    /// Not `https://`.
    OtherScheme,
    /// A user name or password before the host.
    UserInfo,
    /// A port.
    Port,
    /// Another host.
    OtherHost,
    /// Another path than `/h`, or a query.
    OtherPath,
    /// No fragment, or an empty one.
    NoCode,
    /// A key besides `c`, or a second `c`.
    MoreThanACode,
    /// What stands for the code was not minted as one, or was mistyped.
    NotACode,
}

/// The code in a link to this host.
pub fn read_handoff_link<'a>(text: &'a str, host: &LinkHost) -> Result<&'a str, NotAHandoffLink> {
    use NotAHandoffLink as Not;
    if text.len() > LONGEST_LINK {
        return Err(Not::TooLong);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Not::NotPlain);
    }
    if text.contains('\\') {
        return Err(Not::Backslash);
    }
    if text.contains('%') {
        return Err(Not::Escaped);
    }
    let rest = text.strip_prefix("https://").ok_or(Not::OtherScheme)?;
    // RFC 3986, section 3.2: the authority ends at the first of these.
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(Not::UserInfo);
    }
    if authority.contains(':') {
        return Err(Not::Port);
    }
    if authority != host.as_str() {
        return Err(Not::OtherHost);
    }
    let (path, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    if path != "/h" {
        return Err(Not::OtherPath);
    }
    read_fragment(fragment)
}

fn read_fragment(fragment: &str) -> Result<&str, NotAHandoffLink> {
    if fragment.is_empty() {
        return Err(NotAHandoffLink::NoCode);
    }
    if fragment.contains(['&', ';']) {
        return Err(NotAHandoffLink::MoreThanACode);
    }
    let code = fragment.strip_prefix("c=").ok_or(NotAHandoffLink::MoreThanACode)?;
    if is_code(code) { Ok(code) } else { Err(NotAHandoffLink::NotACode) }
}

/// Whether the cloud could have minted it.
fn is_code(code: &str) -> bool {
    let is_shaped = code.len() == CODE_PREFIX.len() + CODE_BODY + CHECKSUM_LENGTH
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_shaped || !code.starts_with(CODE_PREFIX) {
        return false;
    }
    let (body, sum) = code.split_at(code.len() - CHECKSUM_LENGTH);
    checksum(body) == sum
}

/// The link for a code. It is a secret for as long as the code works.
pub fn write_handoff_link(host: &LinkHost, code: &str) -> String {
    format!("https://{host}/h#c={code}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use NotAHandoffLink as Not;
    use proptest::prelude::*;

    fn host() -> LinkHost {
        "link.porchlight.example".parse().unwrap()
    }

    fn code() -> String {
        let body = format!("{CODE_PREFIX}{}", "aB3-_".repeat(9)[..CODE_BODY].to_owned());
        format!("{body}{}", checksum(&body))
    }

    fn link() -> String {
        write_handoff_link(&host(), &code())
    }

    fn refused(text: &str) -> NotAHandoffLink {
        read_handoff_link(text, &host()).unwrap_err()
    }

    #[test]
    fn link_reads_back_as_it_is_written() {
        assert_eq!(link(), format!("https://link.porchlight.example/h#c={}", code()));
        assert_eq!(read_handoff_link(&link(), &host()), Ok(code().as_str()));
    }

    #[test]
    fn longest_link_is_read_and_ten_kibibytes_are_not() {
        let long: LinkHost = format!("{}.{}.example", "a".repeat(63), "b".repeat(63)).parse().unwrap();
        let link = write_handoff_link(&long, &code());
        assert!(link.len() <= LONGEST_LINK);
        assert_eq!(read_handoff_link(&link, &long), Ok(code().as_str()));
        assert_eq!(refused(&format!("{}{}", link, "x".repeat(LONGEST_LINK - link.len() + 1))), Not::TooLong);
        assert_eq!(refused(&"c".repeat(10 * 1024)), Not::TooLong);
    }

    #[test]
    fn link_of_another_scheme_host_port_or_user_is_refused_by_name() {
        let host = "link.porchlight.example";
        for (from, to, why) in [
            ("https://", "http://", Not::OtherScheme),
            ("https://", "HTTPS://", Not::OtherScheme),
            ("https://", "porchlight://", Not::OtherScheme),
            ("https://", "https:/", Not::OtherScheme),
            ("https://", "javascript:https://", Not::OtherScheme),
            ("https://", "https:///", Not::OtherHost),
            (host, "evil.example", Not::OtherHost),
            (host, "LINK.porchlight.example", Not::OtherHost),
            (host, "link.porchlight.example.", Not::OtherHost),
            (host, "link.porchlight.example.evil.example", Not::OtherHost),
            (host, "evil.example/link.porchlight.example", Not::OtherHost),
            (host, "evil.example#link.porchlight.example", Not::OtherHost),
            (host, "link.porchlight.example:443", Not::Port),
            (host, "link.porchlight.example:", Not::Port),
            (host, "kim@link.porchlight.example", Not::UserInfo),
            (host, "link.porchlight.example@evil.example", Not::UserInfo),
            (host, "kim:secret@link.porchlight.example", Not::UserInfo),
            (host, "evil.example\\@link.porchlight.example", Not::Backslash),
            (host, "link.porchlight.example\\", Not::Backslash),
            (host, "link%2eporchlight.example", Not::Escaped),
            (host, "link.porchlight.example%00", Not::Escaped),
        ] {
            assert_eq!(refused(&link().replace(from, to)), why, "{from} -> {to}");
        }
    }

    #[test]
    fn link_with_another_path_or_a_query_is_refused() {
        for path in ["", "/", "/H", "/h/", "//h", "/./h", "/a/../h", "/h?x=1", "/h?", "?c=1", "/hand"] {
            let link = link().replace("/h#", &format!("{path}#"));
            assert_eq!(refused(&link), Not::OtherPath, "{path}");
        }
        assert_eq!(refused(&link().replace("/h#", "/%68#")), Not::Escaped);
        assert_eq!(refused(&link().replace('#', "?")), Not::OtherPath, "a query would reach servers");
    }

    #[test]
    fn fragment_holds_one_code_and_nothing_else() {
        let code = code();
        for (fragment, why) in [
            (String::new(), Not::NoCode),
            (format!("c={code}&c={code}"), Not::MoreThanACode),
            (format!("c={code}&next=https"), Not::MoreThanACode),
            (format!("c={code};c={code}"), Not::MoreThanACode),
            (format!("C={code}"), Not::MoreThanACode),
            (format!("code={code}"), Not::MoreThanACode),
            (code.clone(), Not::MoreThanACode),
            ("c=".to_owned(), Not::NotACode),
            (format!("c={code}#c={code}"), Not::NotACode),
            (format!("c={code}="), Not::NotACode),
            (format!("c=={code}"), Not::NotACode),
            (format!("c={}", code.replace(CODE_PREFIX, "pl_at_")), Not::NotACode),
            (format!("c={}", &code[..code.len() - 1]), Not::NotACode),
            (format!("c={}", code.replace("aB3", "aB4")), Not::NotACode),
        ] {
            let link = format!("https://link.porchlight.example/h#{fragment}");
            assert_eq!(refused(&link), why, "{fragment}");
        }
        assert_eq!(refused("https://link.porchlight.example/h"), Not::NoCode);
    }

    #[test]
    fn bidirectional_control_and_foreign_characters_are_refused() {
        for foreign in ['\u{202e}', '\u{2066}', '\u{200b}', '\n', '\t', '\0', ' ', '\u{7f}', 'ä', '．', 'ｈ']
        {
            for at in [0, 8, 20, link().len()] {
                let mut text = link();
                text.insert(at, foreign);
                assert_eq!(refused(&text), Not::NotPlain, "{foreign:?} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn only_what_would_be_written_is_read(text in ".{0,300}") {
            if let Ok(code) = read_handoff_link(&text, &host()) {
                prop_assert_eq!(write_handoff_link(&host(), code), text);
            }
        }

        #[test]
        fn link_with_one_changed_byte_is_refused(at in 0..100_usize, byte in 0x20..0x7f_u8) {
            let mut bytes = link().into_bytes();
            let at = at % bytes.len();
            prop_assume!(bytes[at] != byte);
            bytes[at] = byte;
            let text = String::from_utf8(bytes).unwrap();
            prop_assert!(read_handoff_link(&text, &host()).is_err(), "{}", text);
        }
    }
}
