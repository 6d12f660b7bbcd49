import Codecs
import Detect
import Glibc

// dev
func seconds() -> Double {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
}
func file(_ name: String) -> [UInt8] {
    guard let f = unsafe fopen(name, "r") else { return [] }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let n = unsafe fread(&buffer, 1, buffer.count, f)
        if n == 0 { break }
        bytes += buffer[..<n]
    }
    unsafe _ = fclose(f)
    return bytes
}
let arguments = CommandLine.arguments
let set: DetectorSet
do { set = try DetectorSet(["contact", "finance", "person", "secret"].map { ("\($0).yaml", file("Content/detectors/\($0).yaml")) }) } catch { print(error); exit(1) }
switch arguments[1] {
case "examples":
    for failure in DetectorExamples.failures(of: set) { print(failure) }
    print(set.detectors.count)
case "find":
    var scanner = TextScanner(set)!
    let keep = arguments.count > 3
    let choice = DetectorChoice(set) { keep || $0.action != .keep }
    let text = file(arguments[2])
    var counts: [String: Int] = [:]
    for start in stride(from: 0, to: text.count, by: 16384) {
    let part = Array(text[start..<min(text.count, start + 16384)])
    let outcome = unsafe scanner.scan(part.span.bytes, choice: choice)
    if outcome != .done { print("OUTCOME", outcome) }
    for finding in scanner.findings {
        let d = set.detectors[finding.detector]
        counts[d.id, default: 0] += 1
        let s = max(0, finding.range.start - 30)
        if d.id != "email" { print(d.id, "|", unsafe part.span.bytes.extracting(finding.range.range).text, "|", unsafe part.span.bytes.extracting(s..<min(part.count, finding.range.end + 20)).text.split(separator: "\n").joined(separator: "⏎")) }
    }
    }
    for (k, v) in counts.sorted(by: { $0.value > $1.value }) { print(v, k) }
default:
    var scanner = TextScanner(set)!
    let choice = DetectorChoice(set) { $0.action != .keep }
    let text = file(arguments[2])
    let size = Int(arguments[3])!
    for round in 0..<5 {
        let begin = seconds()
        var found = 0
        var steps = 0
        for start in stride(from: 0, to: text.count, by: size) {
            unsafe _ = scanner.scan(text.span.bytes.extracting(start..<min(text.count, start + size)), choice: choice)
            found += scanner.findings.count
            steps += scanner.steps
        }
        let time = seconds() - begin
        print(round, found, steps, Int(Double(text.count) / time / 1e6), "MB/s")
    }
}
