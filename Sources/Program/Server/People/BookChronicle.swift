import Codecs
import Events
import Integrity
import Platform

/// A line of a book of which every change is told to the record.
protocol ToldLine: Sendable, Equatable {
    /// Which line it is, for good.
    var id: String { get }
    var tenant: TenantName { get }
    /// When it was changed last.
    var changed: Timestamp { get }
    /// What a change is a change of. Without secrets.
    var told: [JSONValue.Member] { get }

    /// What the record says.
    ///
    /// - Parameter before: ``told`` of the state that was told last; `nil` for a new line.
    func acts(since before: JSONValue?) -> [ReaderAct]
}

/// Takes every change of a book into the record, whoever made it and whether a server ran or not.
///
///     users.json ─ compared with ─ users.told.json ─▶ a record for each difference ─▶ users.told.json
///
/// What was told is a list without secrets. A crash between record and list tells a change again, with the same id, so it
/// is in the store once.
///
/// - Threads: any that may block.
final class BookChronicle<Line: ToldLine>: Sendable {
    private static var patience: Timestamp.Span { .seconds(10) }

    private let name: String
    private let lines: @Sendable () -> [Line]
    private let disk: FolderDisk
    private let fileName: String
    private let sink: any RecordSink
    private let log: Log
    /// One tells at a time.
    private let state = Locked(State())

    private struct State: Sendable {
        /// The lines as they were when all was told; `nil` before the first time.
        var done: [Line]?
        /// What was said last, so that it is not said twice a second.
        var problem: String?
    }

    /// - Parameters:
    ///   - name: of what is in the book, in log lines: `users`.
    ///   - fileName: of the note of what was told.
    init(
        _ name: String, data: String, fileName: String, sink: any RecordSink, log: Log,
        lines: @escaping @Sendable () -> [Line]
    ) {
        self.name = name
        self.fileName = fileName
        self.sink = sink
        self.log = log
        self.lines = lines
        disk = FolderDisk(folder: data)
    }

    /// Tells what was not told yet. What cannot be told now is told the next time.
    ///
    /// - Cost: a comparison of lists when nothing has changed.
    func tell() {
        state.withLock { state in
            let lines = self.lines()
            guard state.done != lines else { return }
            let problem: String?
            do throws(DiskError) {
                problem = try tell(lines) ? nil : "the journal takes nothing now"
            } catch {
                problem = "\(error)"
            }
            if problem == nil { state.done = lines }
            if let problem, state.problem != problem {
                log.error("a change of the \(name) is not recorded yet", ("reason", .text(problem)))
            }
            state.problem = problem
        }
    }

    /// - Returns: whether the journal took it all.
    private func tell(_ lines: [Line]) throws(DiskError) -> Bool {
        var told = try read()
        for line in lines {
            let (before, now) = (told[line.id], Self.value(line))
            guard before != now else { continue }
            for act in line.acts(since: before) {
                guard keep(act, line, now) else { return false }
            }
            told[line.id] = now
            try write(told)
        }
        return true
    }

    private static func value(_ line: Line) -> JSONValue { .object([.init("id", .string(line.id))] + line.told) }

    private func keep(_ act: ReaderAct, _ line: Line, _ now: JSONValue) -> Bool {
        let bytes = Array("\(act.action.rawValue) \(line.changed.nanoseconds) \(now.text)".utf8)
        let id = unsafe "access_" + Digest(of: bytes.span.bytes).hexadecimal.prefix(32)
        let batch = act.own(id: id, at: line.changed).batch(of: line.tenant)
        if case .success? = sink.appendAndWait(batch, atMost: Self.patience) { return true }
        return false
    }

    // MARK: What was told

    private func read() throws(DiskError) -> [String: JSONValue] {
        guard let bytes = try disk.contentsIfThere(of: fileName) else { return [:] }
        // One that cannot be read costs records that were there before, and each says when it happened.
        var told: [String: JSONValue] = [:]
        for line in (try? JSONValue(parsing: bytes))?.array ?? [] {
            if let id = line["id"]?.string { told[id] = line }
        }
        return told
    }

    private func write(_ told: [String: JSONValue]) throws(DiskError) {
        let lines = told.sorted { $0.key < $1.key }.map(\.value.text)
        try disk.replace(fileName, with: Array("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8))
    }
}
