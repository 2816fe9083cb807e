//! Workers: threads that read pictures, and that can be left behind.
//!
//! A thread cannot be stopped from outside, and a decoder of a format may hang on a hostile picture: `rqrr`'s own search
//! took 58 s for 640 x 640 pixels of tiled finder patterns. (It is not used here, see [`crate::qr`], but decoders that
//! join may be like it.) So:
//!
//! 1. a job goes to a worker, and whoever waits for it waits until the deadline, no longer;
//! 2. a worker that has not answered by then is abandoned: it gets no more jobs, ends after the one it has, and takes the
//!    buffers of that job with it; the next job gets a new worker;
//! 3. while two abandoned workers still run, no more is begun: the answer is [`ScanError::ScannerUnavailable`] at once.
//!    A phone has few cores, and its owner can still type.
//!
//! A decoder that panics ends its job with [`ScanError::DecoderFailed`], not the worker.

use crate::ScanError;
use crate::deadline::Deadline;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Abandoned workers that may run at one time.
const MAX_ABANDONED: usize = 2;

type Job = Box<dyn FnOnce() + Send>;

/// Workers of one scanner: one that works, others that were abandoned.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    /// Where the idle worker takes its next job from; none: all are busy or none was hired yet.
    idle: Mutex<Vec<Sender<Job>>>,
    abandoned: Arc<AtomicUsize>,
}

impl Crew {
    /// Runs a job on a worker and waits for its answer until the deadline.
    pub(crate) fn run<T, F>(&self, deadline: Deadline, job: F) -> Result<T, ScanError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        if self.abandoned.load(Ordering::Acquire) >= MAX_ABANDONED {
            return Err(ScanError::ScannerUnavailable);
        }
        let ticket = Arc::new(Ticket::default());
        let (answer, answered) = channel();
        let worker = self.send(self.boxed(job, answer, Arc::clone(&ticket)))?;
        match answered.recv_timeout(deadline.left()) {
            Ok(result) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                result
            }
            Err(_) if ticket.abandon(&self.abandoned) => {
                tracing::warn!("a picture could not be read in time; its worker is abandoned");
                Err(ScanError::DeadlinePassed)
            }
            // It answered between the end of the wait and now.
            Err(_) => answered.recv().unwrap_or(Err(ScanError::DecoderFailed)),
        }
    }

    fn boxed<T, F>(&self, job: F, answer: Sender<Result<T, ScanError>>, ticket: Arc<Ticket>) -> Job
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let abandoned = Arc::clone(&self.abandoned);
        Box::new(move || {
            // The job owns all that it touches, so nothing half-done can be seen after a panic.
            let result = catch_unwind(AssertUnwindSafe(job)).map_err(|_| ScanError::DecoderFailed);
            ticket.finish(&abandoned);
            // Nobody waits any more for the answer of an abandoned worker.
            let _ = answer.send(result);
        })
    }

    /// Gives the job to the idle worker, or to a new one.
    fn send(&self, job: Job) -> Result<Sender<Job>, ScanError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let worker = match idle {
            Some(worker) => worker,
            None => hire()?,
        };
        worker.send(job).map_err(|_| ScanError::DecoderFailed)?;
        Ok(worker)
    }
}

/// A worker takes jobs until nobody can send any.
fn hire() -> Result<Sender<Job>, ScanError> {
    let (jobs, taken): (Sender<Job>, Receiver<Job>) = channel();
    thread::Builder::new()
        .name("porchlight-scan".into())
        .spawn(move || taken.into_iter().for_each(|job| job()))
        // No thread to be had: the phone is out of memory.
        .map_err(|_| ScanError::ScannerUnavailable)?;
    Ok(jobs)
}

/// Says of one job which came first: its end, or the decision to abandon it.
#[derive(Debug, Default)]
struct Ticket(Mutex<Fate>);

#[derive(Debug, Default, PartialEq)]
enum Fate {
    #[default]
    Running,
    Abandoned,
    Finished,
}

impl Ticket {
    /// Whether the job could be abandoned: it had not finished.
    fn abandon(&self, abandoned: &AtomicUsize) -> bool {
        let mut fate = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *fate == Fate::Finished {
            return false;
        }
        *fate = Fate::Abandoned;
        abandoned.fetch_add(1, Ordering::AcqRel);
        true
    }

    fn finish(&self, abandoned: &AtomicUsize) {
        let mut fate = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *fate == Fate::Abandoned {
            abandoned.fetch_sub(1, Ordering::AcqRel);
        }
        *fate = Fate::Finished;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    const SHORT: Duration = Duration::from_millis(40);

    fn hang(crew: &Crew) -> (Result<(), ScanError>, mpsc::Sender<()>) {
        let (release, held) = mpsc::channel();
        let answer = crew.run(Deadline::after(SHORT), move || {
            let _ = held.recv();
        });
        (answer, release)
    }

    fn wait_until(mut condition: impl FnMut() -> bool) {
        let end = Instant::now() + Duration::from_secs(5);
        while !condition() {
            assert!(Instant::now() < end, "it never came to be");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn two_hung_workers_close_the_scanner_until_one_of_them_ends() {
        let crew = Crew::default();
        let (first, release_first) = hang(&crew);
        let (second, _release_second) = hang(&crew);
        assert_eq!([first, second], [Err(ScanError::DeadlinePassed); 2]);
        let begun = Instant::now();
        assert_eq!(crew.run(Deadline::after(SHORT), || 1), Err(ScanError::ScannerUnavailable));
        assert!(begun.elapsed() < SHORT, "the refusal is at once");
        drop(release_first);
        wait_until(|| crew.run(Deadline::after(SHORT), || 1) == Ok(1));
    }

    #[test]
    fn worker_is_kept_for_the_next_job_also_after_a_panic() {
        let crew = Crew::default();
        let who = || thread::current().id();
        let first = crew.run(Deadline::after(Duration::from_secs(5)), who);
        let failed: Result<(), _> =
            crew.run(Deadline::after(Duration::from_secs(5)), || panic!("as a decoder may"));
        assert_eq!(failed, Err(ScanError::DecoderFailed));
        assert_eq!(crew.run(Deadline::after(Duration::from_secs(5)), who), first);
    }

    #[test]
    fn deadline_holds_however_long_the_job_takes() {
        let begun = Instant::now();
        let (answer, _release) = hang(&Crew::default());
        assert_eq!(answer, Err(ScanError::DeadlinePassed));
        assert!(begun.elapsed() < SHORT * 5);
    }
}
