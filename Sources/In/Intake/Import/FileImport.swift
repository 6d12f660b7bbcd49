import Codecs
public import Events

/// Records from files: what people have saved, exported or captured.
public struct FileImport: Sendable {
    public enum Form: String, Sendable, CaseIterable {
        /// OTLP/JSON export requests, one after another, logs, traces and metrics mixed; or one OTLP protobuf
        /// request of logs.
        case otlp
        /// Activities of the Compliance API: one a line, as a list, or as pages with `data`.
        case activities
        /// Documents in Elastic Common Schema, one a line or as a list.
        case ecs
        /// Events of another system, as the server takes them: one a line or as a list, also compressed.
        case events
        /// The audit log that an owner exports in the settings of an organization, as CSV or in a ZIP archive.
        case auditLog = "audit-log"
    }

    /// A piece of a file that cannot be read.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// Counts from 1.
        public let line: Int
        public let message: String
        public var description: String { "line \(line): \(message)" }
    }

    /// Records of one batch.
    ///
    /// - Default: 2,000, so that a batch stays far below what the journal takes
    public static let batchRecords = 2_000
    /// Bytes of a file that comes out of an archive.
    static let unpackedLimit = 1 << 30
    /// Bytes after which a batch of rows ends.
    static let batchBytes = 4 << 20

    public private(set) var batches: [RecordBatch] = []
    public private(set) var problems: [Problem] = []

    public var records: Int { batches.reduce(0) { $0 + $1.entries.count } }

    private let tenant: TenantName
    private let source: SourceName
    /// A place in the file, and the line that it is in.
    private var counted = (place: 0, line: 1)

    /// Reads a whole file. What can be read is in ``batches``, what cannot in ``problems``.
    public init(_ bytes: [UInt8], as form: Form, tenant: TenantName, source: SourceName = "import") {
        self.tenant = tenant
        self.source = source
        switch form {
        case .auditLog: unpackAuditLog(bytes)
        case .events: unpackEvents(bytes)
        case .otlp, .activities, .ecs: readObjects(bytes, form)
        }
    }

    private mutating func readObjects(_ bytes: [UInt8], _ form: Form) {
        let span = unsafe bytes.span.bytes
        if form == .otlp, let first = bytes.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "["),
            first > 0x20 || first == 0x0A
        {
            readProtobuf(bytes)
            return
        }
        if let flaw = UTF8Text.firstFlaw(in: span, ByteRange(start: 0, count: span.byteCount)) {
            problems.append(Problem(line: line(of: flaw, in: bytes), message: "this is not UTF-8"))
            return
        }
        var cursor = JSONCursor(span)
        var batch = newBatch(bytes)
        do throws(JSONError) {
            while try !isAtEnd(&cursor, span) {
                let start = cursor.place
                let value = try cursor.skip(in: span)
                read(value, form, bytes, line: line(of: start, in: bytes), into: &batch)
            }
        } catch {
            problems.append(Problem(line: line(of: error.place, in: bytes), message: error.code.rawValue))
        }
        finish(&batch, bytes)
    }

    private func isAtEnd(_ cursor: inout JSONCursor, _ span: RawSpan) throws(JSONError) -> Bool {
        cursor.isAtEnd(in: span)
    }

    private mutating func read(
        _ value: ByteRange, _ form: Form, _ bytes: [UInt8], line: Int, into batch: inout RecordBatch
    ) {
        let span = unsafe bytes.span.bytes
        switch (form, span[value.start]) {
        case (.otlp, UInt8(ascii: "{")): readExport(value, bytes, line: line, into: &batch)
        case (_, UInt8(ascii: "[")):
            for element in Self.elements(value, span) { read(element, form, bytes, line: line, into: &batch) }
        case (.activities, UInt8(ascii: "{")):
            if let data = Self.member("data", of: value, span), span[data.start] == UInt8(ascii: "[") {
                for element in Self.elements(data, span) { add(.activity, element, bytes, &batch) }
            } else {
                add(.activity, value, bytes, &batch)
            }
        case (.ecs, UInt8(ascii: "{")): add(.ecs, value, bytes, &batch)
        default: problems.append(Problem(line: line, message: "this is not an object"))
        }
    }

    private mutating func readExport(_ value: ByteRange, _ bytes: [UInt8], line: Int, into batch: inout RecordBatch) {
        let span = unsafe bytes.span.bytes
        let signal = OTLPSignal.allCases.first { signal in
            Self.member(signal.listNames.resources, of: value, span) != nil
                || Self.member(signal.listNamesAsDeclared.resources, of: value, span) != nil
        }
        guard let signal else {
            return problems.append(
                Problem(
                    line: line,
                    message: "this is no OTLP export request: no resourceLogs, resourceSpans or resourceMetrics"))
        }
        do throws(OTLPError) {
            add(try JSONSplitter.split(span[value], signal), shiftedBy: value.start, bytes, line: line, into: &batch)
        } catch {
            problems.append(Problem(line: line, message: "\(error)"))
        }
    }

    private mutating func readProtobuf(_ bytes: [UInt8]) {
        var batch = newBatch(bytes)
        do throws(OTLPError) {
            let span = unsafe bytes.span.bytes
            add(try ProtobufSplitter.split(span, .logs), shiftedBy: 0, bytes, line: 1, into: &batch)
        } catch {
            problems.append(Problem(line: 1, message: "\(error)"))
        }
        finish(&batch, bytes)
    }

    private mutating func unpackEvents(_ bytes: [UInt8]) {
        let unpacked: [UInt8]
        do throws(IntakeRefusal) {
            unpacked = try BodyPacking(fileOf: bytes).unpack(bytes, limit: max(Self.unpackedLimit, bytes.count))
        } catch {
            return problems.append(Problem(line: 1, message: error.message))
        }
        let list = unsafe EventList(unpacked.span.bytes, limit: .max, told: .max)
        problems += list.refusals.map { Problem(line: $0.line, message: $0.reason) }
        var batch = newBatch(unpacked)
        var size = 0
        for event in list.events {
            add(.event, event, unpacked, &batch)
            size = batch.entries.isEmpty ? 0 : size + event.count
            guard size >= Self.batchBytes else { continue }
            finish(&batch, unpacked)
            size = 0
        }
        finish(&batch, unpacked)
    }

    /// An export comes as it is, or in an archive whose other files are small.
    private mutating func unpackAuditLog(_ bytes: [UInt8]) {
        let span = unsafe bytes.span.bytes
        guard ZipArchive.isLikely(span) else { return readAuditLog(bytes) }
        do throws(ZipError) {
            let archive = try ZipArchive(span)
            let tables = archive.files.filter { $0.name.lowercased().hasSuffix(".csv") }
            guard let largest = tables.max(by: { $0.size < $1.size }) else {
                return problems.append(Problem(line: 1, message: "there is no .csv in the ZIP archive"))
            }
            readAuditLog(try archive.read(largest, in: span, limit: Self.unpackedLimit))
        } catch {
            problems.append(Problem(line: 1, message: "\(error)"))
        }
    }

    /// Rows that cannot be read are kept like the others: a line that is missing looks like nothing happened.
    private mutating func readAuditLog(_ bytes: [UInt8]) {
        let file = AuditLogFile(bytes)
        guard let header = file.header else {
            return problems.append(
                Problem(
                    line: 1,
                    message: "this is no audit log: its first line does not name the columns created_at and event, "
                        + "with commas between the names"))
        }
        // How often a row came before stands behind the file: contexts are made of stretches of the storage.
        var storage = bytes
        var digits: [ByteRange] = [.empty]
        for count in stride(from: 1, through: file.rows.map(\.repeats).max() ?? 0, by: 1) {
            digits.append(ByteRange(storage.count..<storage.count + String(count).utf8.count))
            storage += String(count).utf8
        }
        var batch = newBatch(storage)
        var contexts: [ByteRange: UInt32] = [:]
        var size = 0
        for row in file.rows {
            // A piece stands in no table, so nobody takes it for a row.
            let key = row.isPiece ? ByteRange(start: -1, count: 0) : digits[row.repeats]
            if contexts[key] == nil {
                contexts[key] = UInt32(batch.contexts.count)
                batch.contexts.append(
                    RecordBatch.Context(
                        resource: row.isPiece ? .empty : header, scope: digits[row.repeats], credential: "import"))
            }
            batch.entries.append(
                RecordBatch.Entry(
                    kind: .auditLogRow, encoding: .csv, context: contexts[key] ?? 0, range: row.range))
            size += row.range.count
            if batch.entries.count >= Self.batchRecords || size >= Self.batchBytes {
                finish(&batch, storage)
                contexts.removeAll()
                size = 0
            }
        }
        finish(&batch, storage)
    }

    private mutating func add(
        _ export: OTLPRequest, shiftedBy start: Int, _ bytes: [UInt8], line: Int, into batch: inout RecordBatch
    ) {
        if let reason = export.firstReason {
            problems.append(Problem(line: line, message: "\(export.refused) records were left out: \(reason)"))
        }
        let first = UInt32(batch.contexts.count)
        for context in export.contexts {
            batch.contexts.append(
                RecordBatch.Context(
                    resource: ByteRange(start: start + context.resource.start, count: context.resource.count),
                    scope: ByteRange(start: start + context.scope.start, count: context.scope.count),
                    credential: "import"))
        }
        for entry in export.entries {
            batch.entries.append(
                RecordBatch.Entry(
                    kind: entry.kind, encoding: entry.encoding, context: first + entry.context,
                    range: ByteRange(start: start + entry.range.start, count: entry.range.count)))
        }
        if batch.entries.count >= Self.batchRecords { finish(&batch, bytes) }
    }

    private mutating func add(_ kind: RecordKind, _ range: ByteRange, _ bytes: [UInt8], _ batch: inout RecordBatch) {
        if batch.contexts.isEmpty { batch.contexts.append(RecordBatch.Context(credential: "import")) }
        batch.entries.append(RecordBatch.Entry(kind: kind, encoding: .json, context: 0, range: range))
        if batch.entries.count >= Self.batchRecords { finish(&batch, bytes) }
    }

    private func newBatch(_ bytes: [UInt8]) -> RecordBatch {
        RecordBatch(tenant: tenant, source: source, storage: bytes)
    }

    private mutating func finish(_ batch: inout RecordBatch, _ bytes: [UInt8]) {
        if !batch.entries.isEmpty { batches.append(batch) }
        batch = newBatch(bytes)
    }

    // MARK: JSON that was checked already

    private static func elements(_ array: ByteRange, _ span: RawSpan) -> [ByteRange] {
        var cursor = JSONCursor(array)
        var elements: [ByteRange] = []
        var isFirst = true
        guard (try? cursor.enterArray(in: span)) != nil else { return [] }
        while (try? cursor.nextElement(in: span, isFirst: &isFirst)) == true {
            guard let element = try? cursor.skip(in: span) else { return elements }
            elements.append(element)
        }
        return elements
    }

    private static func member(_ name: StaticString, of object: ByteRange, _ span: RawSpan) -> ByteRange? {
        var cursor = JSONCursor(object)
        var isFirst = true
        guard (try? cursor.enterObject(in: span)) != nil else { return nil }
        while let key = (try? cursor.nextMember(in: span, isFirst: &isFirst)) ?? nil {
            guard let value = try? cursor.skip(in: span) else { return nil }
            if span[key.range].isEqual(to: name) { return value }
        }
        return nil
    }

    /// The line of a place. Places are asked for from front to back, so what was counted is not counted again.
    private mutating func line(of place: Int, in bytes: [UInt8]) -> Int {
        let place = min(place, bytes.count)
        if place < counted.place { counted = (0, 1) }
        counted.line += bytes[counted.place..<place].count { $0 == 0x0A }
        counted.place = place
        return counted.line
    }
}
