import Codecs

/// What the record says of an erasure: which records, why, by whom, and what their files were before and are now. Of
/// what was erased, and of whom, it says nothing.
public struct ErasureRecord: Sendable, Equatable {
    /// A file of the journal that was written anew without the records.
    public struct Segment: Sendable, Hashable {
        public let number: UInt64
        /// SHA-256 of what it holds, before and since, in hexadecimal digits.
        public let before: String
        public let after: String

        public init(number: UInt64, before: String, after: String) {
            self.number = number
            self.before = before
            self.after = after
        }
    }

    /// Which order it carries out.
    public var order: String
    /// On what ground, in the words of who asked for it.
    public var reason: String
    /// Who asked for it.
    public var requester: String
    public var sequences: SequenceSet
    public var segments: [Segment]
    /// Where copies went that Docket cannot reach.
    public var destinations: [String]

    public init(
        order: String, reason: String, requester: String, sequences: SequenceSet, segments: [Segment],
        destinations: [String]
    ) {
        self.order = order
        self.reason = reason
        self.requester = requester
        self.sequences = sequences
        self.segments = segments
        self.destinations = destinations
    }

    public var own: OwnRecord {
        func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        let files = segments.map { "\($0.number) \($0.before) \($0.after)" }
        return OwnRecord(
            .erasure,
            [
                .init("kind", .string("event")), .init("action", .string("erasure")),
                .init("category", texts(["configuration"])), .init("type", texts(["deletion"])),
                .init("reason", .string(reason)),
            ],
            [
                .init("message", .string("\(sequences.count) records were erased")),
                .init(
                    "docket",
                    .object([
                        .init(
                            "erasure",
                            .object([
                                .init("order", .string(order)), .init("requester", .string(requester)),
                                .init("sequences", texts(sequences.texts)), .init("segments", texts(files)),
                                .init("destinations", texts(destinations)),
                            ]))
                    ])),
            ])
    }

    /// Reads what ``own`` wrote.
    ///
    /// - Returns: `nil` for anything else.
    public init?(document: [UInt8]) {
        func texts(_ value: JSONValue?) -> [String]? {
            guard let values = value?.array else { return nil }
            let texts = values.compactMap(\.string)
            return texts.count == values.count ? texts : nil
        }
        guard let root = try? JSONValue(parsing: document), let reason = root["event"]?["reason"]?.string,
            let erasure = root["docket"]?["erasure"], let order = erasure["order"]?.string,
            let requester = erasure["requester"]?.string,
            let sequences = texts(erasure["sequences"]).flatMap({ SequenceSet(texts: $0) }),
            let files = texts(erasure["segments"]), let destinations = texts(erasure["destinations"])
        else { return nil }
        var segments: [Segment] = []
        for file in files {
            let words = file.split(separator: " ").map(String.init)
            guard words.count == 3, let number = UInt64(words[0]) else { return nil }
            segments.append(Segment(number: number, before: words[1], after: words[2]))
        }
        self.init(
            order: order, reason: reason, requester: requester, sequences: sequences, segments: segments,
            destinations: destinations)
    }
}
