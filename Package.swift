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

/// C that others wrote and that is compiled here, imported by exactly one Swift module.
func source(_ name: String, excluding files: [String] = []) -> Target {
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

/// Where steps meet.
func program(_ name: String, uses: [Target.Dependency]) -> Target {
    let shared: [Target.Dependency] = ["Platform", "Codecs", "Events"]
    return .target(name: name, dependencies: shared + uses, path: "Sources/Program/\(name)", swiftSettings: strict)
}

/// Something that a person can run.
func command(_ name: String, uses: [Target.Dependency]) -> Target {
    let shared: [Target.Dependency] = ["Platform", "Codecs", "Events"]
    return .executableTarget(
        name: name, dependencies: shared + uses, path: "Sources/Program/\(name)", swiftSettings: strict)
}

func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: uses + ["TestKit"], swiftSettings: strict)
}

/// Properties of decoders, which are given any bytes at all. They are part of the tests, which replay kept inputs;
/// with `DOCKET_FUZZ` (`make fuzz`) they become a program instead, which needs libFuzzer to link.
func fuzzing(_ uses: [Target.Dependency]) -> Target {
    Context.environment["DOCKET_FUZZ"] == nil
        ? .testTarget(
            name: "FuzzTests", dependencies: uses, path: "Tests/Fuzz", exclude: fuzzed + ["Driver"],
            sources: ["Targets", "Replay"], swiftSettings: strict)
        : .executableTarget(
            name: "docket-fuzz", dependencies: uses, path: "Tests/Fuzz", exclude: fuzzed + ["Replay"],
            sources: ["Targets", "Driver"], swiftSettings: strict + [.enableExperimentalFeature("Extern")])
}

let fuzzed = ["Corpus", "Dictionaries", "Regressions", "run.sh", "seeds.py"]

/// Something that measures.
func benchmark(_ name: String, _ folder: String, uses: [Target.Dependency]) -> Target {
    let others =
        folder == "Benchmarks"
        ? ["Console", "Integrity", "Network", "RESULTS.md", "Store"] : folder.hasSuffix("Network") ? ["run.sh"] : []
    return .executableTarget(
        name: name, dependencies: uses, path: folder, exclude: others, swiftSettings: strict)
}

let package = Package(
    name: "docket",
    targets: [
        // Base
        code("CByteClasses"),
        code("CChecksum"),
        code("CContent"),
        c("CCrypto", apt: ["libssl-dev"]),
        c("CCurl", apt: ["libcurl4-openssl-dev"]),
        c("CDeflate", apt: ["libdeflate-dev"]),
        source("CDuckDB", excluding: ["LICENSE.duckdb"]),
        code("CHash"),
        c("CHyperscan", apt: ["libhyperscan-dev"]),
        code("CLinux"),
        source("CLLHTTP"),  // node-llhttp
        c("CMaxMind", apt: ["libmaxminddb-dev"]),
        c("CNghttp2", apt: ["libnghttp2-dev"]),
        c("CPCRE2", apt: ["libpcre2-dev"]),
        c("CSSL", apt: ["libssl-dev"]),
        c("CSodium", apt: ["libsodium-dev"]),
        c("CUV", apt: ["libuv1-dev"]),
        c("CYAML", apt: ["libyaml-dev"]),
        c("CZstd", apt: ["libzstd-dev"]),
        base("Platform", uses: ["CLinux"]),
        base("Codecs", uses: ["CChecksum", "CDeflate", "CYAML", "CZstd"]),
        base("Integrity", uses: ["CCrypto", "CHash", "CSodium"]),
        base("ArchiveFormat", uses: ["Codecs", "Integrity", "Platform"]),
        base("Detect", uses: ["CByteClasses", "CContent", "CHyperscan", "Codecs", "Integrity"]),
        base("Events", uses: ["CContent", "Codecs", "Platform"]),
        base("Lookup", uses: ["CMaxMind", "CPCRE2", "Codecs", "Platform"]),
        base("Network", uses: ["Platform", "CUV", "CLLHTTP", "CNghttp2", "CSSL", "CCurl"]),
        base("Query", uses: ["CContent", "Codecs", "Events", "Integrity", "Platform"]),

        // In
        step("In", "Intake", uses: ["Integrity", "Network"]),
        step("In", "Pipeline", uses: ["CContent", "Detect", "Integrity", "Lookup", "Network"]),

        // Keep
        step("Keep", "Archive", uses: ["ArchiveFormat", "CContent", "Integrity", "Network"]),
        step("Keep", "Holds", uses: ["Integrity"]),
        step("Keep", "Journal", uses: ["Integrity"]),
        step("Keep", "Ledger", uses: ["Integrity"]),
        step("Keep", "Store", uses: ["CDuckDB", "Query"]),
        step("Keep", "Witness", uses: ["Integrity", "Network"]),

        // Out
        step("Out", "Console", uses: ["CContent", "Integrity", "Network", "Query"]),

        // Program
        program(
            "Server",
            uses: [
                "Archive", "ArchiveFormat", "Console", "Detect", "Holds", "Integrity", "Intake", "Journal", "Ledger",
                "Lookup", "Network", "Pipeline", "Query", "Store", "Witness",
            ]),
        program("Simulate", uses: ["CContent", "Network"]),
        command(
            "docket",
            uses: [
                "Archive", "ArchiveFormat", "Console", "Detect", "Holds", "Intake", "Integrity", "Ledger", "Lookup",
                "Network", "Pipeline", "Query", "Server", "Simulate", "Store", "Witness",
            ]),
        .executableTarget(
            name: "docket-verify", dependencies: ["ArchiveFormat", "Integrity", "Platform"],
            path: "Sources/Program/docket-verify", swiftSettings: strict),

        // Tests
        .target(
            name: "TestKit", dependencies: ["Codecs", "Events", "Platform", "Query"], path: "Tests/TestKit",
            swiftSettings: strict),
        tests("ArchiveTests", of: ["Archive", "ArchiveFormat", "Codecs", "Events", "Integrity", "Platform"]),
        tests("CodecsTests", of: ["Codecs"]),
        tests("ConsoleTests", of: ["Codecs", "Console", "Events", "Integrity", "Network", "Platform", "Query"]),
        tests("DetectTests", of: ["Codecs", "Detect"]),
        tests("EventsTests", of: ["Codecs", "Events", "Platform"]),
        fuzzing([
            "ArchiveFormat", "Codecs", "Detect", "Events", "Intake", "Integrity", "Lookup", "Network", "Pipeline",
            "Platform", "Query",
        ]),
        tests("HoldsTests", of: ["Codecs", "Events", "Holds", "Integrity", "Platform"]),
        tests(
            "IntakeTests",
            of: ["Codecs", "Events", "Intake", "Integrity", "Journal", "Network", "Platform", "Simulate"]),
        tests("IntegrityTests", of: ["Integrity", "Platform"]),
        tests("JournalTests", of: ["Codecs", "Events", "Integrity", "Journal", "Platform"]),
        tests("LedgerTests", of: ["Codecs", "Events", "Integrity", "Ledger", "Platform"]),
        tests("LookupTests", of: ["Codecs", "Lookup", "Platform"]),
        tests("NetworkTests", of: ["Network", "Platform"]),
        tests(
            "PipelineTests",
            of: [
                "CContent", "Codecs", "Detect", "Events", "Intake", "Integrity", "Lookup", "Network", "Pipeline",
                "Platform",
            ]),
        tests("PlatformTests", of: ["Platform"]),
        tests("QueryTests", of: ["Codecs", "Events", "Platform", "Query"]),
        tests(
            "ServerTests",
            of: [
                "Codecs", "Console", "Events", "Holds", "Intake", "Integrity", "Journal", "Ledger", "Lookup", "Network",
                "Pipeline",
                "Platform", "Query", "Server", "Simulate", "Store",
            ]),
        tests("SimulateTests", of: ["Codecs", "Network", "Platform", "Simulate"]),
        tests("StoreTests", of: ["Codecs", "Events", "Platform", "Query", "Store"]),
        tests("WitnessTests", of: ["Integrity", "Network", "Platform", "Witness"]),

        // Measuring
        benchmark(
            "docket-bench", "Benchmarks",
            uses: [
                "Codecs", "Detect", "Events", "Intake", "Integrity", "Journal", "Ledger", "Lookup", "Network",
                "Pipeline", "Query",
                "Platform", "Server", "Simulate", "Store",
            ]),
        benchmark("IntegrityBenchmark", "Benchmarks/Integrity", uses: ["Integrity"]),
        benchmark("NetworkBenchmark", "Benchmarks/Network", uses: ["Network", "Platform"]),
        benchmark("StoreBenchmark", "Benchmarks/Store", uses: ["Platform", "Store"]),
    ]
)
