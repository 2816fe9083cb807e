//! Hashing passwords: Argon2id, 19 MiB, t = 2, p = 1 (OWASP's second recommendation), about 40 ms of a core.
//!
//! That much work is done on threads of its own, as many at once as there are cores, so that it neither blocks
//! requests nor grows without bound: 20 more wait, then the answer is 503. An account that does not exist costs the
//! same as one that does ([`Passwords::verify`] without a hash).

use crate::problem::Refusal;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use porchlight_protocol::ProblemCode;
use secrecy::{ExposeSecret, SecretString};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// Hashes that wait while all threads are busy.
const QUEUE: usize = 20;

/// Seconds after which the queue is likely to have room: 20 hashes of 40 ms are through within one.
const RETRY_AFTER: u32 = 1;

type Job = Box<dyn FnOnce() + Send>;

/// The threads that hash passwords; cheap to clone, they end with the last clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    queue: SyncSender<Job>,
}

impl Passwords {
    /// Starts as many threads as there are cores.
    pub fn start() -> Self {
        let (queue, jobs) = sync_channel::<Job>(QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cores {
            let jobs = Arc::clone(&jobs);
            thread::spawn(move || {
                while let Some(job) = next(&jobs) {
                    job()
                }
            });
        }
        Self { queue }
    }

    /// The password as it may be stored: a PHC string with a salt of its own.
    pub async fn hash(&self, password: SecretString) -> Result<String, Refusal> {
        self.run(move || hash(&password)).await
    }

    /// Whether it is the password of this hash. Without a hash the answer is no, after the same work.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool, Refusal> {
        self.run(move || {
            let is_there = stored.is_some();
            let stored = stored.unwrap_or_else(|| dummy_hash().to_owned());
            verify(&password, &stored) && is_there
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let busy = || Refusal::new(ProblemCode::Unavailable).retry_after(RETRY_AFTER);
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody waits any more when the request was given up.
            if !answer.is_closed() {
                let _given_up_meanwhile = answer.send(work());
            }
        });
        self.queue.try_send(job).map_err(|_| busy())?;
        answered.await.map_err(|_| busy())
    }
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

fn argon2id() -> Argon2<'static> {
    let parameters = Params::new(19 * 1024, 2, 1, None).expect("these parameters are in Argon2's range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
}

fn hash(password: &SecretString) -> String {
    // Exposed to be hashed: the hash is what is stored.
    argon2id()
        .hash_password(password.expose_secret().as_bytes())
        .expect("Argon2 hashes any password with these parameters")
        .to_string()
}

fn verify(password: &SecretString, stored: &str) -> bool {
    let Ok(stored) = PasswordHash::new(stored) else {
        tracing::error!("a stored password hash cannot be read");
        return false;
    };
    // Exposed to be hashed and compared.
    argon2id().verify_password(password.expose_secret().as_bytes(), &stored).is_ok()
}

/// The hash of a password that nobody has: what an unknown account is checked against.
fn dummy_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash(&crate::secret::mint(crate::secret::SecretKind::Access)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn right_password_is_recognised_and_no_other() {
        let passwords = Passwords::start();
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("Correct horse".into(), Some(stored)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), Some("garbage".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn full_queue_says_when_to_come_back() {
        let passwords = Passwords::start();
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(Mutex::new(held));
        let block = || {
            let held = Arc::clone(&held);
            Box::new(move || {
                let _released = held.lock().unwrap().recv();
            }) as Job
        };
        // One for each thread (they may take a moment to pick theirs up), and the queue.
        let mut taken = 0;
        for _ in 0..500 {
            match passwords.queue.try_send(block()) {
                Ok(()) => taken += 1,
                Err(_) if taken > QUEUE => break,
                Err(_) => thread::sleep(std::time::Duration::from_millis(2)),
            }
        }
        assert!(taken >= QUEUE);
        let refusal = passwords.hash("correct horse".into()).await.unwrap_err();
        assert_eq!((refusal.problem.status, refusal.retry_after), (503, Some(1)));
        drop(hold);
    }
}
