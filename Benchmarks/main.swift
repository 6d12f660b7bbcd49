import Glibc

// Measures one topic: `docket-bench normalize [SECONDS]`.

let topic = CommandLine.arguments.dropFirst().first ?? ""
let seconds = CommandLine.arguments.count > 2 ? Double(CommandLine.arguments[2]) ?? 2 : 2

switch topic {
case "normalize": NormalizeBenchmark.run(seconds: seconds)
default:
    print("use: docket-bench normalize [SECONDS]")
    exit(2)
}
