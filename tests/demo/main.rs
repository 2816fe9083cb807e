//! The main job, played with real parts: the cloud on SQLite, devices on the real channel, a phone with the real core.
//! It tells each step as a person would read it. `--once` ends by itself; otherwise the cloud stays until Ctrl-C.

mod journey;
mod screen;
mod telling;

use std::process::ExitCode;
use telling::Telling;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let once = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--once" => true,
        _ => {
            eprintln!("usage: cargo run [-- --once]");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the system gives this process threads");
    if !std::env::temp_dir().is_dir() {
        eprintln!("{} is no folder: set TMPDIR to one", std::env::temp_dir().display());
        return ExitCode::from(2);
    }
    let mut telling = Telling::begin();
    runtime.block_on(async {
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return ExitCode::FAILURE };
        // Ended in the middle, the future is dropped: devices, cloud and temporary folders go with it.
        tokio::select! {
            good = play(&mut telling, once) => if good { ExitCode::SUCCESS } else { ExitCode::FAILURE },
            _ = tokio::signal::ctrl_c() => ExitCode::from(130),
            _ = terminated.recv() => ExitCode::from(143),
        }
    })
}

/// Plays the journey and, unless it is to be `once`, leaves the cloud standing.
async fn play(telling: &mut Telling, once: bool) -> bool {
    let mut stage = journey::play(telling).await;
    let good = telling.end();
    if !once {
        telling.line(format_args!("\nThe cloud listens at {} until Ctrl-C. Sign-ins:", stage.cloud.url("")));
        for email in journey::EMAILS {
            telling.line(format_args!("  {email}  {}", harness::api::PASSWORD));
        }
        // Asked to end meanwhile, it is dropped here, and all goes with it.
        std::future::pending::<()>().await;
    }
    stage.cloud.pause().await;
    good
}
