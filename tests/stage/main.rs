//! The stage for tests in other languages: a real cloud on SQLite and simulated devices, told what to do and when.
//!
//! One JSON object a line on standard input is an order ([`orders::Order`]); one JSON object a line on standard output
//! answers it. The first line out says where the cloud is. It ends when its input does, so that a test that dies leaves
//! nothing behind.

mod orders;
mod partner;
mod world;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Stdout};
use world::World;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut world = World::begin().await;
    let mut out = tokio::io::stdout();
    say(&mut out, &world.places()).await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match serde_json::from_str(&line) {
            Ok(order) => world.obey(order).await.unwrap_or_else(|why| json!({ "error": why })),
            Err(error) => json!({ "error": error.to_string() }),
        };
        say(&mut out, &answer).await?;
    }
    world.end().await;
    Ok(())
}

async fn say(out: &mut Stdout, answer: &serde_json::Value) -> std::io::Result<()> {
    out.write_all(format!("{answer}\n").as_bytes()).await?;
    out.flush().await
}
