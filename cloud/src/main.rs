//! The program `porchlight`.

fn main() -> std::process::ExitCode {
    porchlight_cloud::main()
}
