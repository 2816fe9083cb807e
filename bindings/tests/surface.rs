//! What crosses to Kotlin and Swift, as uniffi itself sees it in the built library: a reviewed snapshot, and a reviewed
//! list of the secrets that come in. `cargo insta review` shows a change of the surface.

use std::collections::BTreeSet;
use std::path::PathBuf;
use uniffi_bindgen::macro_metadata::extract_from_library;
use uniffi_meta::{FieldMetadata, FnParamMetadata, Metadata, Type};

/// The secrets that may come in, each wrapped in its first line. None may go out but to the ports that keep them.
const SECRETS_IN: [&str; 12] = [
    "SessionFlow.register(password)",
    "SessionFlow.sign_in(password)",
    "SessionFlow.verify(code)",
    "AddDeviceFlow.add_with_password(password)",
    "AddDeviceFlow.add_with_new_password(password)",
    "AddDeviceFlow.add_with_new_password(again)",
    "AddDeviceFlow.add_with_new_password(claim_code)",
    // What a person types or photographs may be a whole label, claim code and all.
    "AddDeviceFlow.read_text(text)",
    "AddDeviceFlow.confirm_text(text)",
    "AddDeviceFlow.read_picture(bytes)",
    "LabelScanner.offer_frame(luma)",
    // It holds a one-time code.
    "HandoffFlow.take_link(link)",
];

/// What the core hands to the ports, which are the platform's own key stores and the way to our other app, and what they
/// hand back.
const PORT_BYTES: [&str; 9] = [
    "SecretStore.load -> Bytes",
    "SecretStore.save(value)",
    "Signer.create -> Bytes",
    "Signer.public_key -> Bytes",
    "Signer.sign(bytes)",
    "Signer.sign -> Bytes",
    "HandoffVault.put(entry)",
    "HandoffVault.take -> Bytes?",
    "LinkOpener.open_link(link)",
];

/// Words that secrets are called by.
const SECRET_WORDS: [&str; 13] = [
    "password",
    "token",
    "secret",
    "code",
    "key",
    "proof",
    "verifier",
    "credential",
    "bytes",
    "text",
    "link",
    "vault",
    "challenge",
];

/// What the platform implements.
const PORTS: [&str; 7] =
    ["SecretStore", "Signer", "Clock", "Connectivity", "HandoffVault", "LinkOpener", "Subscription"];

/// Text that names a secret and is none.
const NO_SECRETS: [&str; 12] = [
    "Configuration.link_host",
    "Profile.find_time_zones(text)",
    "SecretStore.load(name)",
    "SecretStore.save(name)",
    "SecretStore.remove(name)",
    "Signer.public_key(name)",
    "SessionState.CodeNeeded.email",
    "SessionFlow.register(email)",
    "SessionFlow.register(given_name)",
    "SessionFlow.register(family_name)",
    "SessionFlow.sign_in(email)",
    // It was read and shown before.
    "AddDeviceFlow.confirm_serial(serial)",
];

fn metadata() -> Vec<Metadata> {
    // target/debug/deps/surface-... -> target/debug/deps/libporchlight.so
    let test = std::env::current_exe().expect("a test knows its own file");
    let folder = test.parent().expect("it lies in a folder");
    let library: PathBuf =
        folder.join(format!("{}porchlight{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
    let library = camino::Utf8PathBuf::from_path_buf(library).expect("paths of builds are UTF-8");
    let items = extract_from_library(&library).expect("the library is built with this test");
    assert!(items.len() > 50, "only {} exported items: the library was not read", items.len());
    items
        .into_iter()
        .filter(|item| !describe(item).iter().any(|line| line.to_lowercase().contains("probe")))
        .collect()
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{}?", type_name(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", type_name(inner_type)),
        simple => format!("{simple:?}"),
    }
}

fn arguments(inputs: &[FnParamMetadata]) -> String {
    let of = |input: &FnParamMetadata| {
        format!("{}: {}{}", input.name, if input.by_ref { "&" } else { "" }, type_name(&input.ty))
    };
    inputs.iter().map(of).collect::<Vec<_>>().join(", ")
}

fn call(
    is_async: bool,
    name: &str,
    inputs: &[FnParamMetadata],
    out: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let out = out.map(|ty| format!(" -> {}", type_name(ty))).unwrap_or_default();
    let throws = throws.map(|ty| format!(" throws {}", type_name(ty))).unwrap_or_default();
    format!("{}{name}({}){out}{throws}", if is_async { "async " } else { "" }, arguments(inputs))
}

fn fields(of: &str, fields: &[FieldMetadata]) -> Vec<String> {
    fields.iter().map(|field| format!("{of}.{}: {}", field.name, type_name(&field.ty))).collect()
}

/// An exported item, a line each.
fn describe(item: &Metadata) -> Vec<String> {
    match item {
        Metadata::Func(f) => {
            vec![call(f.is_async, &f.name, &f.inputs, f.return_type.as_ref(), f.throws.as_ref())]
        }
        Metadata::Method(m) => {
            let name = format!("{}.{}", m.self_name, m.name);
            vec![call(m.is_async, &name, &m.inputs, m.return_type.as_ref(), m.throws.as_ref())]
        }
        Metadata::TraitMethod(m) => {
            let name = format!("{}.{}", m.trait_name, m.name);
            vec![call(m.is_async, &name, &m.inputs, m.return_type.as_ref(), m.throws.as_ref())]
        }
        Metadata::Constructor(c) => {
            let name = format!("{}.{}", c.self_name, c.name);
            vec![call(c.is_async, &name, &c.inputs, None, c.throws.as_ref())]
        }
        Metadata::Record(record) => fields(&record.name, &record.fields),
        Metadata::Enum(one) => {
            let variants = one.variants.iter().flat_map(|variant| {
                let name = format!("{}.{}", one.name, variant.name);
                let inside = fields(&name, &variant.fields);
                std::iter::once(name).chain(inside)
            });
            variants.collect()
        }
        Metadata::CustomType(custom) => vec![format!("{} = {}", custom.name, type_name(&custom.builtin))],
        Metadata::Object(object) => vec![format!("object {}", object.name)],
        Metadata::CallbackInterface(interface) => vec![format!("interface {}", interface.name)],
        Metadata::Namespace(_)
        | Metadata::UdlFile(_)
        | Metadata::UniffiTrait(_)
        | Metadata::ObjectTraitImpl(_) => vec![],
    }
}

/// Whether a value of the type can hold a text or bytes by itself.
fn holds_text(ty: &Type) -> bool {
    match ty {
        Type::String | Type::Bytes => true,
        Type::Optional { inner_type } | Type::Sequence { inner_type } => holds_text(inner_type),
        _ => false,
    }
}

/// Every place where text or bytes cross: arguments as `Type.method(argument)`, answers as `Type.method -> Type`, fields
/// as `Type.field`. Ids are none: they are types of their own.
fn crossings(item: &Metadata) -> Vec<String> {
    let of_call = |name: String, inputs: &[FnParamMetadata], out: Option<&Type>| {
        let ins = inputs.iter().filter(|input| holds_text(&input.ty));
        let ins = ins.map(|input| format!("{name}({})", input.name)).collect::<Vec<_>>();
        let out = out.filter(|ty| holds_text(ty)).map(|ty| format!("{name} -> {}", type_name(ty)));
        ins.into_iter().chain(out).collect()
    };
    let of_fields = |name: &str, fields: &[FieldMetadata]| {
        let fields = fields.iter().filter(|field| holds_text(&field.ty));
        fields.map(|field| format!("{name}.{}", field.name)).collect::<Vec<_>>()
    };
    match item {
        Metadata::Func(f) => of_call(f.name.clone(), &f.inputs, f.return_type.as_ref()),
        Metadata::Method(m) => {
            of_call(format!("{}.{}", m.self_name, m.name), &m.inputs, m.return_type.as_ref())
        }
        Metadata::TraitMethod(m) => {
            of_call(format!("{}.{}", m.trait_name, m.name), &m.inputs, m.return_type.as_ref())
        }
        Metadata::Constructor(c) => of_call(format!("{}.{}", c.self_name, c.name), &c.inputs, None),
        Metadata::Record(record) => of_fields(&record.name, &record.fields),
        Metadata::Enum(one) => {
            let variants = one.variants.iter();
            variants.flat_map(|v| of_fields(&format!("{}.{}", one.name, v.name), &v.fields)).collect()
        }
        _ => vec![],
    }
}

#[test]
fn exported_surface_is_the_reviewed_one() {
    let lines: BTreeSet<String> = metadata().iter().flat_map(describe).collect();
    insta::assert_snapshot!(lines.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn no_secret_crosses_that_was_not_reviewed() {
    let crossings: Vec<String> = metadata().iter().flat_map(crossings).collect();
    let reviewed = |line: &str| SECRETS_IN.contains(&line) || PORT_BYTES.contains(&line);
    for line in &crossings {
        // What a person types or a camera sees goes into flows and scanners: any text or bytes there, whatever its name.
        let goes_into_a_flow = ["AddDeviceFlow.", "SessionFlow.", "HandoffFlow.", "LabelScanner."]
            .iter()
            .any(|flow| line.starts_with(flow) && line.ends_with(')'));
        let sounds_secret =
            goes_into_a_flow || SECRET_WORDS.iter().any(|word| line.to_lowercase().contains(word));
        let is_known = reviewed(line) || NO_SECRETS.contains(&line.as_str());
        assert!(!sounds_secret || is_known, "not reviewed: {line}");
    }
    for line in SECRETS_IN.iter().chain(&PORT_BYTES) {
        assert!(crossings.iter().any(|crossing| crossing == line), "{line} is reviewed and not exported");
    }
}

/// Calls that answer at once and hand out what is there: nothing in them can panic.
const HANDLES: [&str; 14] = [
    "Porchlight.profile",
    "Porchlight.delegated_session",
    "Porchlight.handoff",
    "DelegatedSession.profile",
    "Profile.session",
    "Profile.sites",
    "Profile.devices",
    "Profile.customers",
    "Profile.offers",
    "Profile.memberships",
    "Profile.requests",
    "Profile.grants",
    "Profile.history",
    "AddDeviceFlow.id",
];

#[test]
fn every_call_that_answers_at_once_can_say_that_the_core_broke() {
    let mut seen = 0;
    for item in metadata() {
        let Metadata::Method(method) = item else { continue };
        let name = format!("{}.{}", method.self_name, method.name);
        // Ports are the platform's: they are called, not exported.
        let is_port = PORTS.contains(&method.self_name.as_str());
        if method.is_async || is_port || HANDLES.contains(&name.as_str()) {
            continue;
        }
        let throws = method.throws.as_ref().map(type_name);
        assert_eq!(throws.as_deref(), Some("PorchlightError"), "{name} would end the app");
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} were looked at");
}

#[test]
fn no_exported_name_collides_with_the_platforms() {
    // SwiftUI's types, and members that Kotlin's and Swift's own base types have.
    let types = [
        "App", "State", "Section", "Label", "List", "Form", "Group", "Image", "Link", "Menu", "View",
        "Error", "Text",
    ];
    let members = ["message", "close", "description", "hashCode", "destroy", "toString"];
    for line in metadata().iter().flat_map(describe) {
        let names: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let owner = names.iter().find(|name| !["object", "interface", "async"].contains(name));
        assert!(!owner.is_some_and(|name| types.contains(name)), "{line}");
        let member =
            line.split(['(', ':', ' ']).next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        assert!(!members.contains(&member), "{line}");
    }
    // The names of what a platform implements stand in a C header, too, where Swift's words cannot.
    let words = ["open", "in", "is", "as", "init", "default", "repeat", "switch", "import", "internal"];
    for item in metadata() {
        let Metadata::TraitMethod(method) = item else { continue };
        assert!(!words.contains(&method.name.as_str()), "{}.{}", method.trait_name, method.name);
    }
}
