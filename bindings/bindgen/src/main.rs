//! uniffi's own generator, of the same version as the scaffolding that it reads.

fn main() {
    uniffi::uniffi_bindgen_main();
}
