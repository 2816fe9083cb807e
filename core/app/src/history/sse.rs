//! Server-sent events out of bytes that come in any pieces (WHATWG HTML, section 9.2.6). Sans I/O.
//!
//! An event without data is handed out, too, when it has an id: the cloud moves the cursor on by it. Limit: an event
//! over [`MAX_EVENT`] ends the stream.

/// The longest event: a change is a tenth of it.
const MAX_EVENT: usize = 256 * 1024;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// The last id, if the stream gave one.
    pub(super) id: Option<String>,
    /// All data lines, joined by line feeds.
    pub(super) data: String,
}

/// Reads a stream.
#[derive(Debug, Default)]
pub(super) struct SseDecoder {
    /// The line that is not whole yet.
    line: Vec<u8>,
    /// The last byte was a CR: a LF that follows belongs to it.
    after_cr: bool,
    /// A byte order mark can only stand before the first line.
    begun: bool,
    event: SseEvent,
    has_data: bool,
    has_id: bool,
}

impl SseDecoder {
    /// Takes the next bytes: the events that are whole by now. None: the stream is not one of ours.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<Vec<SseEvent>> {
        let mut events = Vec::new();
        for byte in bytes {
            let completes_crlf = std::mem::take(&mut self.after_cr) && *byte == b'\n';
            match byte {
                b'\n' if completes_crlf => {}
                b'\r' | b'\n' => {
                    self.after_cr = *byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.take_line(&line));
                }
                byte => self.line.push(*byte),
            }
            if self.line.len() + self.event.data.len() > MAX_EVENT {
                return None;
            }
        }
        Some(events)
    }

    fn take_line(&mut self, line: &[u8]) -> Option<SseEvent> {
        let line = if std::mem::replace(&mut self.begun, true) {
            line
        } else {
            line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "id" if !value.contains('\0') => {
                self.has_id = true;
                self.event.id = Some(value.to_owned());
            }
            // `event` is always `change`; `retry` is ours to decide; a line that begins with a colon is a comment.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let has_something = std::mem::take(&mut self.has_data) | std::mem::take(&mut self.has_id);
        let data = std::mem::take(&mut self.event.data);
        // The id stays for the events that follow.
        has_something.then(|| SseEvent { id: self.event.id.clone(), data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<SseEvent> {
        SseDecoder::default().push(text.as_bytes()).unwrap()
    }

    fn event(id: Option<&str>, data: &str) -> SseEvent {
        SseEvent { id: id.map(str::to_owned), data: data.to_owned() }
    }

    #[test]
    fn events_are_read_as_the_standard_has_them() {
        assert_eq!(read("data: YHOO\ndata: +2\ndata: 10\n\n"), [event(None, "YHOO\n+2\n10")]);
        assert_eq!(read(": test stream\n\ndata: first\nid: 1\n\n"), [event(Some("1"), "first")]);
        assert_eq!(read("data\n\ndata\ndata\n\ndata:"), [event(None, ""), event(None, "\n")]);
        assert_eq!(read("data:test\n\ndata: test\n\n"), [event(None, "test"), event(None, "test")]);
        assert_eq!(read("\u{feff}data: x\r\rdata: y\r\n\r\n"), [event(None, "x"), event(None, "y")]);
        assert_eq!(read("id: 7\n\ndata: x\n\n"), [event(Some("7"), ""), event(Some("7"), "x")]);
        assert_eq!(read("data: never finished"), []);
    }

    #[test]
    fn event_without_end_is_refused_before_it_fills_the_memory() {
        let mut decoder = SseDecoder::default();
        let piece = [b'x'; 64 * 1024];
        let taken = (0..100).take_while(|_| decoder.push(&piece).is_some()).count();
        assert!(taken < 5, "{taken} pieces of 64 KiB were taken");
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(lines in "(data: [a-zé]{0,5}|id: [0-9]|:|\r\n|\r|\n){0,40}", cuts: Vec<u16>) {
            let whole = read(&lines);
            let mut decoder = SseDecoder::default();
            let (mut rest, mut events) = (lines.as_bytes(), Vec::new());
            for cut in cuts {
                let (piece, tail) = rest.split_at(usize::from(cut) % (rest.len() + 1));
                events.extend(decoder.push(piece).unwrap());
                rest = tail;
            }
            events.extend(decoder.push(rest).unwrap());
            prop_assert_eq!(events, whole);
        }

        #[test]
        fn any_bytes_are_taken(bytes: Vec<u8>) {
            let _ = SseDecoder::default().push(&bytes);
        }
    }
}
