import Glibc

/// Lines for the operator: one JSON object a line on standard error.
///
/// A line never holds event content, a credential or a body of a peer. Values are given as pairs so
/// that nobody builds sentences around them.
///
/// - Threads: any; a line is written by one `write` call and is never torn below 4 kB.
public struct Log: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
        public var name: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    private let part: String
    private let least: Level
    private let clock: any Clock
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter part: which part of the program speaks, for example `journal`.
    public init(
        _ part: String, least: Level = .info, clock: any Clock = SystemClock(),
        write: @escaping @Sendable ([UInt8]) -> Void = Log.toStandardError
    ) {
        self.part = part
        self.least = least
        self.clock = clock
        self.write = write
    }

    /// The same log for another part.
    public func named(_ part: String) -> Log { Log(part, least: least, clock: clock, write: write) }

    public func debug(_ message: String, _ pairs: (String, Value)...) { line(.debug, message, pairs) }
    public func info(_ message: String, _ pairs: (String, Value)...) { line(.info, message, pairs) }
    public func warning(_ message: String, _ pairs: (String, Value)...) { line(.warning, message, pairs) }
    public func error(_ message: String, _ pairs: (String, Value)...) { line(.error, message, pairs) }

    /// What may stand behind a key.
    public enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
        ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation
    {
        case text(String), number(Int), flag(Bool)
        public init(stringLiteral value: String) { self = .text(value) }
        public init(integerLiteral value: Int) { self = .number(value) }
        public init(booleanLiteral value: Bool) { self = .flag(value) }
    }

    private func line(_ level: Level, _ message: String, _ pairs: [(String, Value)]) {
        guard level >= least else { return }
        var out = Array("{\"time\":\"".utf8)
        RFC3339.append(clock.now(), to: &out)
        out += "\",\"level\":\"\(level.name)\",\"part\":".utf8
        Self.quote(part, into: &out)
        out += ",\"message\":".utf8
        Self.quote(message, into: &out)
        for (key, value) in pairs {
            out.append(UInt8(ascii: ","))
            Self.quote(key, into: &out)
            out.append(UInt8(ascii: ":"))
            switch value {
            case .text(let text): Self.quote(text, into: &out)
            case .number(let number): out += String(number).utf8
            case .flag(let flag): out += (flag ? "true" : "false").utf8
            }
        }
        out += "}\n".utf8
        write(out)
    }

    /// JSON string quoting. `Codecs` has the real writer; a log line must not depend on it.
    private static func quote(_ text: String, into out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 0x0A: out += "\\n".utf8
            case 0..<0x20, 0x7F: out += "\\u00".utf8 + [hex(byte >> 4), hex(byte & 15)]
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 48 + digit : 87 + digit }

    @Sendable public static func toStandardError(_ line: [UInt8]) {
        // Nothing can be done when standard error itself is gone.
        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
    }
}
