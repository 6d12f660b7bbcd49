import Glibc
import Platform

/// How far long work has come: one line on standard error that is written over, where that is a terminal; nothing
/// elsewhere, so that a log holds no control characters.
struct ProgressBar {
    private static let width = 30
    /// Between two drawings.
    private static let pause = Timestamp.Span.milliseconds(200)

    private let unit: String
    private let total: Int?
    private let clock: SystemClock
    private var last: Timestamp?

    /// - Parameters:
    ///   - unit: what is counted, such as `records`.
    ///   - total: `nil` when nobody knows how many there are.
    init(_ unit: String, of total: Int?, clock: SystemClock = SystemClock()) {
        self.unit = unit
        self.total = total
        self.clock = clock
    }

    /// - Parameter share: of the whole, 0 to 1, where it is not `done` of the total.
    mutating func show(_ done: Int, share: Double? = nil, _ terminal: Terminal) {
        let now = clock.steady()
        if let last, now - last < Self.pause { return }
        last = now
        let known = share ?? total.map { Double(done) / Double(max(1, $0)) }
        terminal.redraw(Self.line(done, of: total, known, unit))
    }

    /// Takes the line away.
    func end(_ terminal: Terminal) { if last != nil { terminal.redraw("") } }

    static func line(_ done: Int, of total: Int?, _ share: Double?, _ unit: String) -> String {
        let count = total.map { "\(done) of \($0) \(unit)" } ?? "\(done) \(unit)"
        guard let share else { return count }
        let part = min(1, max(0, share))
        let full = Int((part * Double(width)).rounded(.down))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        return "\(bar) \(Int((part * 100).rounded(.down))) %  \(count)"
    }
}

extension Terminal {
    /// Writes over the line that the cursor is on, without going to the next.
    fileprivate func redraw(_ text: String) {
        guard isatty(2) == 1 else { return }
        error(unended: "\r\u{1B}[2K\(text)")
    }
}
