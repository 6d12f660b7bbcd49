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

/// C code of our own, for what Swift cannot say (files inside the program, processor instructions).
func code(_ name: String) -> Target {
    .target(
        name: name, path: "Sources/Base/C/\(name)",
        cSettings: [.unsafeFlags(["-Wall", "-Werror", "-Wno-c23-extensions"])])
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

/// A part of the program. Only here may steps meet.
func program(_ name: String, uses: [Target.Dependency] = []) -> Target {
    let shared: [Target.Dependency] = ["Platform", "Codecs", "Events"]
    return .target(name: name, dependencies: shared + uses, path: "Sources/Program/\(name)", swiftSettings: strict)
}

func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: uses + ["TestKit"], swiftSettings: strict)
}

let package = Package(
    name: "docket",
    targets: [
        // Base
        code("CChecksum"),
        code("CContent"),
        c("CCurl", apt: ["libcurl4-openssl-dev"]),
        c("CDeflate", apt: ["libdeflate-dev"]),
        code("CLinux"),
        source("CLLHTTP"),  // node-llhttp
        c("CUV", apt: ["libuv1-dev"]),
        c("CYAML", apt: ["libyaml-dev"]),
        c("CZstd", apt: ["libzstd-dev"]),
        base("Platform", uses: ["CLinux"]),
        base("Codecs", uses: ["CChecksum", "CDeflate", "CYAML", "CZstd"]),
        base("Events", uses: ["CContent", "Codecs", "Platform"]),
        base("Network", uses: ["Platform", "CUV", "CLLHTTP", "CCurl"]),
        base("Query", uses: ["Platform"]),

        // In
        step("In", "Intake", uses: ["Network"]),

        // Keep
        step("Keep", "Journal"),

        // Program
        program("Simulate", uses: ["CContent", "Network"]),

        // Tests
        .target(
            name: "TestKit", dependencies: ["Codecs", "Events", "Platform"], path: "Tests/TestKit",
            swiftSettings: strict),
        tests("IntakeTests", of: ["Intake", "Simulate", "Journal", "Network", "Platform", "Codecs", "Events"]),
        tests("NetworkTests", of: ["Network", "Platform"]),
        tests("QueryTests", of: ["Query", "Platform"]),
        tests("SimulateTests", of: ["Simulate", "Network", "Platform", "Codecs"]),

        // Measuring
        .executableTarget(
            name: "FeedBenchmark", dependencies: ["Intake", "Simulate", "Journal", "Network", "Platform", "Events"],
            path: "Benchmarks/Feed", swiftSettings: strict),
    ]
)
