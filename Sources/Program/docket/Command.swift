import Events
import Glibc
import Platform

/// Something that `docket` does.
protocol Command: SendableMetatype {
    static var name: String { get }
    /// One line for the list of commands.
    static var summary: String { get }
    static var help: String { get }

    /// Turns words into values before any work starts.
    init(_ words: inout Words) throws
    func run(_ terminal: Terminal) -> ExitCode
}

/// - 0: yes. 1: the answer is no. 2: could not tell: wrong use, bad input, no connection.
enum ExitCode: Int32 {
    case done = 0
    case refuted = 1
    case couldNot = 2
}

/// The command line does not say what to do.
struct WrongUse: Error {
    let message: String
    init(_ message: String) { self.message = message }
}

/// The words of a command line, taken one option at a time.
struct Words {
    private var words: [String]
    /// The options that were asked for, to find the one that was meant.
    private var known: [String] = ["--help"]

    init(_ words: [String]) { self.words = words }

    /// The value behind `--name`, or in `--name=value`.
    mutating func option(_ name: String) throws(WrongUse) -> String? {
        known.append(name)
        if let place = words.firstIndex(where: { $0.hasPrefix(name + "=") }) {
            return String(words.remove(at: place).dropFirst(name.count + 1))
        }
        guard let place = words.firstIndex(of: name) else { return nil }
        guard place + 1 < words.count else { throw WrongUse("\(name) needs a value") }
        words.remove(at: place)
        return words.remove(at: place)
    }

    /// A length of time behind `--name`.
    ///
    /// - Parameter orNone: whether it may be zero.
    mutating func span(_ name: String, orNone: Bool = false) throws(WrongUse) -> Timestamp.Span? {
        guard let text = try option(name) else { return nil }
        if orNone, text == "0s" { return .seconds(0) }
        guard let span = Timestamp.Span(text) else { throw WrongUse("\(name) must be a time such as 30s, 24h, 90d") }
        return span
    }

    mutating func flag(_ name: String) -> Bool {
        known.append(name)
        guard let place = words.firstIndex(of: name) else { return false }
        words.remove(at: place)
        return true
    }

    /// Whether an option is there, for somebody else to take.
    func has(_ name: String) -> Bool { words.contains { $0 == name || $0.hasPrefix(name + "=") } }

    /// All words that are no options. `-` is one: it stands for standard input.
    mutating func rest() throws(WrongUse) -> [String] {
        if let wrong = words.first(where: { $0.hasPrefix("-") && $0 != "-" }) {
            let name = String(wrong.prefix { $0 != "=" })
            throw WrongUse("there is no option `\(name)`\(Self.didYouMean(name, known, else: ""))")
        }
        defer { words = [] }
        return words
    }

    /// The first word, where it says what to do.
    mutating func first() -> String? { words.isEmpty ? nil : words.removeFirst() }

    /// Everything as it is, for a command that reads its words itself.
    mutating func all() -> [String] {
        defer { words = [] }
        return words
    }

    /// The end of a sentence about a word that is not known.
    ///
    /// - Parameter other: what it says when no known word is near; by default it lists them.
    static func didYouMean(_ word: String, _ words: [String], else other: String? = nil) -> String {
        if let near = Nearness.nearest(to: word, among: words) { return "; did you mean `\(near)`?" }
        return other ?? "; there are \(words.joined(separator: ", "))"
    }

    func end() throws(WrongUse) {
        if let word = words.first { throw WrongUse("`\(word)` is one word too many") }
    }
}

/// Standard output and standard error.
struct Terminal: Sendable {
    func out(_ text: String) { write(Array(text.utf8) + [0x0A], to: 1) }
    func error(_ text: String) { write(Array(text.utf8) + [0x0A], to: 2) }
    /// Without an end of the line.
    func error(unended text: String) { write(Array(text.utf8), to: 2) }
    func out(bytes: [UInt8]) { write(bytes, to: 1) }
    func out(line: [UInt8]) { write(line + [0x0A], to: 1) }

    var isTerminal: Bool { isatty(1) == 1 }

    /// Whether colors may be written: to a terminal that knows them, unless somebody wants none (no-color.org).
    var hasColors: Bool {
        isTerminal && Environment["NO_COLOR"] == nil && Environment["TERM"].map { $0 != "dumb" } == true
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + done, bytes.count - done)
            }
            if written < 0, errno == EINTR { continue }
            // Whoever read has gone: nobody is left to be told.
            guard written > 0 else { return }
            done += written
        }
    }
}

/// The environment of the process.
enum Environment {
    static subscript(name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    static var all: [String: String] {
        var all: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let pair = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { all[String(pair[0])] = String(pair[1]) }
            unsafe place += 1
        }
        return all
    }
}
