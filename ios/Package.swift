// swift-tools-version: 6.0
import PackageDescription

// On Apple the core comes as an XCFramework (bin/make-xcframework) and SwiftUI from the system; on Linux the core is the
// library that cargo built, and SwiftUI is a stand-in that makes a tree for tests.
#if os(Linux)
    let core = Context.environment["CORE_DIR"] ?? Context.packageDirectory + "/../target/debug"
    let platform: [Target] = [
        .target(
            name: "PorchlightCoreFFI",
            linkerSettings: [
                .linkedLibrary("porchlight"), .unsafeFlags(["-L", core, "-Xlinker", "-rpath", "-Xlinker", core]),
            ]),
        .target(name: "SwiftUI", path: "Linux/SwiftUI"),
        .testTarget(name: "StandInTests", dependencies: ["SwiftUI"]),
        .testTarget(name: "ScreenTests", dependencies: ["Screens", "Bridge", "SwiftUI"]),
    ]
    let ui: [Target.Dependency] = ["SwiftUI"]
#else
    let platform: [Target] = [.binaryTarget(name: "PorchlightCoreFFI", path: "PorchlightCoreFFI.xcframework")]
    let ui: [Target.Dependency] = []
#endif

let package = Package(
    name: "Porchlight",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "CustomerApp", targets: ["CustomerApp"]),
        .library(name: "PartnerApp", targets: ["PartnerApp"]),
    ],
    targets: platform + [
        .target(name: "PorchlightCore", dependencies: ["PorchlightCoreFFI"]),
        .target(name: "Bridge", dependencies: ["PorchlightCore"]),
        // Words and icons go into the app's own bundle (App/project.yml); only the words are looked at here, too.
        .target(
            name: "Screens", dependencies: ["Bridge"] + ui, exclude: ["Icons.xcassets"], resources: [.process("Localizable.xcstrings")]),
        .target(name: "CustomerApp", dependencies: ["Screens", "Bridge"] + ui),
        .target(name: "PartnerApp", dependencies: ["Screens", "Bridge"] + ui),
    ],
    swiftLanguageModes: [.v6]
)
