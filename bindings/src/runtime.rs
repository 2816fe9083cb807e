//! The core's threads, and the way onto them.

use crate::PorchlightError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use tokio::runtime::{Builder, Handle, Runtime};

/// One runtime for the process: it outlives each `Porchlight`, so that dropping one on a thread of it is safe.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let builder = &mut Builder::new_multi_thread();
    let built = builder.worker_threads(2).thread_name("porchlight").enable_all().build();
    built.expect("a phone that has no threads left cannot run the app either")
});

/// Where everything exported runs.
pub(crate) fn runtime() -> &'static Handle {
    RUNTIME.handle()
}

/// Runs a call of the core on the core's threads, whoever polls. It goes on when the caller drops it; a panic in it
/// becomes an `Internal` with a report.
pub(crate) async fn run<T, E>(
    profile: &porchlight_core::Profile,
    deed: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, PorchlightError>
where
    T: Send + 'static,
    E: Into<PorchlightError> + Send + 'static,
{
    match runtime().spawn(deed).await {
        Ok(done) => done.map_err(Into::into),
        Err(_panicked) => Err(profile.crashed().into()),
    }
}

/// Runs a call that answers at once on the thread that calls; a panic in it becomes an `Internal` with a report.
pub(crate) fn at_once<T>(
    profile: &porchlight_core::Profile,
    deed: impl FnOnce() -> T,
) -> Result<T, PorchlightError> {
    // What it spawns runs on the core's threads.
    let _on_our_threads = runtime().enter();
    // Unwind safe: what a panic leaves behind is behind locks, which are entered again knowingly.
    catch_unwind(AssertUnwindSafe(deed)).map_err(|_panicked| profile.crashed().into())
}

/// A moment of the core, in milliseconds UTC, as the platforms' own type.
pub(crate) fn moment(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    let moved = match millis {
        0.. => SystemTime::UNIX_EPOCH.checked_add(distance),
        _ => SystemTime::UNIX_EPOCH.checked_sub(distance),
    };
    moved.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// A time span of the platforms, as the core counts it: what is longer than any is the longest.
pub(crate) fn seconds(span: Duration) -> u32 {
    u32::try_from(span.as_secs()).unwrap_or(u32::MAX)
}
