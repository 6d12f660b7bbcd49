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

/// C sources that Debian installs and that are compiled here, imported by exactly one Swift module.
func source(_ name: String) -> Target {
    .target(name: name, path: "Sources/Base/C/\(name)")
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
        c("CUV", apt: ["libuv1-dev"]),
        source("CLLHTTP"),  // node-llhttp
        c("CNghttp2", apt: ["libnghttp2-dev"]),
        c("CSSL", apt: ["libssl-dev"]),
        c("CCurl", apt: ["libcurl4-openssl-dev"]),
        base("Platform"),
        base("Network", uses: ["Platform", "CUV", "CLLHTTP", "CNghttp2", "CSSL", "CCurl"]),

        // Benchmarks
        .executableTarget(
            name: "NetworkBenchmark", dependencies: ["Network", "Platform"], path: "Benchmarks/Network",
            exclude: ["run.sh"], swiftSettings: strict),

        // Tests
        .target(name: "TestKit", path: "Tests/TestKit", swiftSettings: strict),
        tests("NetworkTests", of: ["Network", "Platform"]),
    ]
)
