//! The main job, played with real parts: the cloud on SQLite, devices on the real channel, a phone with the real core.
//! It tells each step as a person would read it. `--once` ends by itself; otherwise the cloud stays until Ctrl-C.

mod journey;
mod screen;
mod telling;

use std::process::ExitCode;
use telling::Telling;

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
    let mut telling = Telling::begin();
    runtime.block_on(async {
        let mut stage = journey::play(&mut telling).await;
        let good = telling.end();
        if !once {
            println!("\nThe cloud listens at {} until Ctrl-C. Sign-ins:", stage.cloud.url(""));
            for email in journey::EMAILS {
                println!("  {email}  {}", harness::api::PASSWORD);
            }
            // Without a signal handler there is nothing to wait for.
            let _ended = tokio::signal::ctrl_c().await;
        }
        stage.cloud.pause().await;
        if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    })
}
