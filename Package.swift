// swift-tools-version: 6.2
import PackageDescription

// The folders under Sources/ are in the order an event travels and in the order modules may
// depend on one another: Base, In, Keep, Out, Program. The functions below are the only way
// to add a module, so the direction is visible here and checked by the build
// (`swift build --explicit-target-dependency-import-check error`).

/// Every diagnostic the compiler offers, and every one an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    // Readers over bytes hold a `RawSpan` and are themselves not escapable.
    .enableExperimentalFeature("Lifetimes"),
]

/// A Debian C library, imported by exactly one Swift module.
func c(_ name: String, apt: [String]) -> Target {
    .systemLibrary(name: name, path: "Sources/Base/C/\(name)", providers: [.apt(apt)])
}

/// C of our own over a library that is found when the program runs.
func cSource(_ name: String, excluding files: [String] = []) -> Target {
    .target(name: name, path: "Sources/Base/C/\(name)", exclude: files)
}

/// A module that many steps share. It knows no step.
func base(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: uses, path: "Sources/Base/\(name)", swiftSettings: strict)
}

/// One step of an event's way. It sees the base, and never another step.
func step(_ folder: String, _ name: String, uses: [Target.Dependency] = []) -> Target {
    let shared: [Target.Dependency] = ["Platform", "Codecs", "Events"]
    return .target(name: name, dependencies: shared + uses, path: "Sources/\(folder)/\(name)", swiftSettings: strict)
}

func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: uses + ["TestKit"], swiftSettings: strict)
}

let package = Package(
    name: "docket",
    targets: [
        // Base
        base("Platform"),
        cSource("CDuckDB", excluding: ["LICENSE.duckdb"]),

        // Keep
        .target(
            name: "Store", dependencies: ["Platform", "CDuckDB"], path: "Sources/Keep/Store", swiftSettings: strict),

        .testTarget(name: "StoreTests", dependencies: ["Store", "Platform"], swiftSettings: strict),
        .executableTarget(
            name: "StoreBenchmark", dependencies: ["Store", "Platform"], path: "Benchmarks/Store",
            swiftSettings: strict),
    ]
)
