//! The cloud as a process of its own, for tests that kill it: the same `main` as the server's binary.

fn main() -> std::process::ExitCode {
    porchlight_cloud::main()
}
