import Codecs

/// The items of a request in Elasticsearch's bulk format: a line that says what to do, and a line with the document.
///
/// - Source: Elasticsearch, *Bulk API*.
struct BulkList {
    enum Action: String, CaseIterable {
        case create, index, update, delete

        /// Whether a document stands on the next line.
        var hasSource: Bool { self != .delete }
    }

    struct Item {
        let action: Action
        let line: Int
        /// The name of the index that the action says.
        var index: ByteRange?
        /// What the sender calls the document, as JSON has it between the quotes.
        var id: ByteRange?
        var source = ByteRange.empty
        /// Why it is not taken.
        var refusal: Refusal?
    }

    struct Refusal: Equatable {
        /// In the words that clients of Elasticsearch know.
        let type: String
        let reason: String
    }

    private(set) var items: [Item] = []
    var refused: Int { items.count { $0.refusal != nil } }
    /// The first refusal.
    var firstReason: String? {
        items.lazy.compactMap { item in item.refusal.map { "line \(item.line): \($0.reason)" } }.first
    }

    /// - Throws: when a line that should say what to do does not. What comes behind it cannot be told apart, so nothing
    ///   of the request is taken.
    init(_ bytes: RawSpan) throws(IntakeRefusal) {
        var pieces = LinePieces(ByteRange(start: 0, count: bytes.byteCount))
        var check = EventCheck()
        while let piece = pieces.next(in: bytes) {
            guard items.count < EventLimits.events else {
                throw IntakeRefusal(.tooLarge, "There are more than \(EventLimits.events) actions in one request.")
            }
            guard var item = Self.item(piece, in: bytes) else {
                throw IntakeRefusal(
                    .malformed,
                    "Line \(piece.line) is no action such as {\"create\":{}}; nothing of the request was taken.")
            }
            if item.action.hasSource { readSource(&item, &pieces, &check, bytes) }
            items.append(item)
        }
    }

    private func readSource(
        _ item: inout Item, _ pieces: inout LinePieces, _ check: inout EventCheck, _ bytes: RawSpan
    ) {
        guard let source = pieces.next(in: bytes) else {
            item.refusal = Refusal(type: "illegal_argument_exception", reason: "the document is missing")
            return
        }
        item.source = source.range
        guard item.refusal == nil, let reason = check.reason(bytes, source.range) else { return }
        item.refusal = Refusal(type: "document_parsing_exception", reason: reason)
    }

    /// An object with the action as its only member.
    private static func item(_ piece: EventPiece, in bytes: RawSpan) -> Item? {
        // Bytes that are no text must not get into the answer.
        guard UTF8Text.firstFlaw(in: bytes, piece.range) == nil else { return nil }
        var cursor = JSONCursor(piece.range)
        var isFirst = true
        do throws(JSONError) {
            try cursor.enterObject(in: bytes)
            guard let key = try cursor.nextMember(in: bytes, isFirst: &isFirst),
                let action = Action(rawValue: JSONText.string(key, in: bytes))
            else { return nil }
            var item = Item(action: action, line: piece.line)
            if action == .update || action == .delete {
                item.refusal = Refusal(
                    type: "illegal_argument_exception",
                    reason: "only create and index are taken: nothing is changed here")
            }
            try read(&cursor, bytes, into: &item)
            guard try cursor.nextMember(in: bytes, isFirst: &isFirst) == nil else { return nil }
            try cursor.finish(in: bytes)
            return item
        } catch {
            return nil
        }
    }

    /// What the action says of its document.
    private static func read(
        _ cursor: inout JSONCursor, _ bytes: RawSpan, into item: inout Item
    ) throws(JSONError) {
        var isFirst = true
        try cursor.enterObject(in: bytes)
        while let key = try cursor.nextMember(in: bytes, isFirst: &isFirst) {
            let name = bytes[key.range]
            let isIndex = name.isEqual(to: "_index")
            guard isIndex || name.isEqual(to: "_id"), try cursor.kind(in: bytes) == .string else {
                try cursor.skip(in: bytes)
                continue
            }
            let text = try cursor.string(in: bytes).range
            if isIndex {
                item.index = text
                guard !IndexName.isValid(bytes[text]) else { continue }
                item.index = nil
                item.refusal = Refusal(type: "invalid_index_name_exception", reason: "the index has no valid name")
            } else if text.count <= EventLimits.idBytes {
                item.id = text
            } else {
                item.refusal = Refusal(
                    type: "illegal_argument_exception", reason: "_id is longer than \(EventLimits.idBytes) bytes")
            }
        }
    }
}

/// Names of indices, as Elasticsearch allows them.
enum IndexName {
    static func isValid(_ name: RawSpan) -> Bool {
        guard (1...255).contains(name.byteCount), isStart(name[0]) else { return false }
        for place in 0..<name.byteCount where !isPart(name[place]) { return false }
        return true
    }

    static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return unsafe isValid(bytes.span.bytes)
    }

    private static func isStart(_ byte: UInt8) -> Bool {
        byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") && byte != UInt8(ascii: "+")
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
