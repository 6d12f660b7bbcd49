import Glibc

// `docket-fuzz TARGET [libFuzzer's options]`: libFuzzer with one of our targets.

@_extern(c, "LLVMFuzzerRunDriver")
func runLibFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

guard CommandLine.arguments.count > 1, let target = FuzzTargets.make(CommandLine.arguments[1]) else {
    print("usage: docket-fuzz \(FuzzTargets.names.joined(separator: "|")) [-OPTION=VALUE …] [FOLDER …]")
    exit(64)
}
// libFuzzer reads the name of the program and then its own options.
nonisolated(unsafe) let chosen = target
var arguments = unsafe CommandLine.unsafeArgv + 1
var count = CommandLine.argc - 1
exit(
    unsafe runLibFuzzer(&count, &arguments) { start, count in
        do {
            try unsafe chosen.run(UnsafeRawBufferPointer(start: start, count: count).bytes)
        } catch {
            fatalError("\(error)")
        }
        return 0
    })
