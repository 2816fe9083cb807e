//! The main job, played with real parts: the cloud on SQLite, devices on the real channel, a phone with the real core.
//! It tells each step as a person would read it. `--once` ends by itself; otherwise the cloud stays until Ctrl-C.

mod installer;
mod journey;
mod screen;
mod telling;

use std::pin::pin;
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
        let mut asked_to_end = pin!(asked_to_end());
        let mut stage = tokio::select! {
            stage = journey::play(&mut telling) => stage,
            // In the middle, the journey is dropped: devices, cloud and temporary folders go with it.
            code = asked_to_end.as_mut() => return ExitCode::from(code),
        };
        let good = telling.end();
        if !once {
            telling.line(format_args!(
                "\nThe cloud listens at {} until Ctrl-C: open it in a browser. Sign-ins:",
                stage.cloud.url("")
            ));
            for email in journey::EMAILS {
                telling.line(format_args!("  {email}  {}", harness::api::PASSWORD));
            }
            let _as_was_said = asked_to_end.await;
        }
        stage.cloud.pause().await;
        if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    })
}

/// Ctrl-C or SIGTERM; the exit code of whoever ends by it (128 and the signal's number).
async fn asked_to_end() -> u8 {
    let mut terminated = signal(SignalKind::terminate()).expect("the system tells of signals");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => 130,
        _ = terminated.recv() => 143,
    }
}
