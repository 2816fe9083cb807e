//! How the journey is told: one line for what is tried, one for what a person would see, and how long it took.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// Tells the journey and counts what went as it should.
#[derive(Debug)]
pub struct Telling {
    colours: bool,
    began: Instant,
    step_began: Instant,
    good: u32,
    bad: u32,
}

impl Telling {
    /// Begins, in colours on a terminal.
    pub fn begin() -> Self {
        let now = Instant::now();
        let colours = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colours, began: now, step_began: now, good: 0, bad: 0 }
    }

    /// Whoever listened may have gone away (`| head`): the journey goes on for the exit code.
    pub fn line(&self, text: impl Display) {
        let _nobody_listens = writeln!(std::io::stdout(), "{text}");
    }

    fn paint(&self, code: &str, text: impl Display) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    /// A chapter of the journey.
    pub fn chapter(&self, title: &str) {
        self.line(format_args!("\n{}", self.paint("1", title)));
    }

    /// Something a reader should know.
    pub fn note(&self, text: impl Display) {
        self.line(format_args!("    {}", self.paint("2", text)));
    }

    /// What is tried next; its time runs from here.
    pub fn step(&mut self, what: impl Display) {
        self.line(format_args!("  {what}"));
        self.step_began = Instant::now();
    }

    /// What a person reads on the screen.
    pub fn screen(&self, text: impl Display) {
        self.line(format_args!("    {} {text}", self.paint("36", "|")));
    }

    /// The step did what it should, or not: `told` is what came instead.
    pub fn expect(&mut self, good: bool, told: impl Display) {
        let took = milliseconds(self.step_began.elapsed());
        if good {
            self.good += 1;
            self.line(format_args!("    {} {told} {}", self.paint("32", "ok"), self.paint("2", took)));
        } else {
            self.bad += 1;
            self.line(format_args!(
                "    {} {told} {}",
                self.paint("31", "NOT AS IT SHOULD BE:"),
                self.paint("2", took)
            ));
        }
    }

    /// The last line; whether every step did what it should.
    pub fn end(&self) -> bool {
        let total = self.began.elapsed().as_secs_f32();
        self.line(format_args!("\n{} steps as they should be, {} not, in {total:.1} s", self.good, self.bad));
        self.bad == 0 && self.good > 0
    }
}

fn milliseconds(time: Duration) -> String {
    format!("({} ms)", time.as_millis())
}
