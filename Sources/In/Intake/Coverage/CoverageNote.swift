import Codecs
public import Events
public import Platform

/// What a source that is looked at from time to time says of itself, in a record beside what was kept: what is whole now,
/// by when the next word is due, and what is in the way. The Activity Feed says more, see ``FeedPageRecord``.
///
///     {"docket":{"bookmark":{"source":"anthropic-analytics","coverage":{"part":"usage","origin":"…","from":"…",
///      "until":"…","due":"…","trouble":"credentials-refused","is_stopped":true}}}}
public struct CoverageNote: Sendable, Equatable {
    /// A report of a source that has several; otherwise empty.
    public var part = ""
    /// From here on everything is wanted.
    public var origin: Timestamp?
    /// A stretch that is whole now.
    public var covers: Range<Timestamp>?
    /// What is behind the stretch is not missed before.
    public var due: Timestamp?
    public var trouble: Fault.Code?
    /// Whether a person must act first.
    public var isStopped = false

    public init(part: String = "") { self.part = part }

    /// A member of `docket.bookmark`.
    var member: JSONValue.Member {
        func time(_ time: Timestamp) -> JSONValue { .string(RFC3339.text(time, digits: 6)) }
        var members: [JSONValue.Member] = [.init("part", .string(part))]
        if let origin { members.append(.init("origin", time(origin))) }
        if let covers {
            members.append(.init("from", time(covers.lowerBound)))
            members.append(.init("until", time(covers.upperBound)))
        }
        if let due { members.append(.init("due", time(due))) }
        if let trouble { members.append(.init("trouble", .string(trouble.rawValue))) }
        if isStopped { members.append(.init("is_stopped", .bool(true))) }
        return .init("coverage", .object(members))
    }

    /// A record that says only this.
    func own(of source: SourceName) -> OwnRecord {
        OwnRecord(
            .bookmark, [.init("kind", .string("state")), .init("action", .string("source-state"))],
            [.init("docket", .object([.init("bookmark", .object([.init("source", .string(source.text)), member]))]))])
    }

    /// Says it in the record. Where the journal is what is in the way, it will not take it.
    func record(in sink: any RecordSink, of source: SourceName, _ tenant: TenantName) async {
        var batch = RecordBatch(tenant: tenant, source: source)
        own(of: source).append(to: &batch)
        do throws(Fault) { try await sink.append(batch) } catch {}
    }

    /// - Returns: `nil` for a record that says nothing of the kind.
    public init?(document: [UInt8]) {
        guard let value = (try? JSONValue(parsing: document))?["docket"]?["bookmark"]?["coverage"],
            let part = value["part"]?.string
        else { return nil }
        func time(_ name: String) -> Timestamp? { value[name]?.string.flatMap { RFC3339.parse($0.utf8) } }
        self.init(part: part)
        origin = time("origin")
        if let from = time("from"), let until = time("until"), from < until { covers = from..<until }
        due = time("due")
        trouble = value["trouble"]?.string.flatMap(Fault.Code.init(rawValue:))
        isStopped = value["is_stopped"]?.bool ?? false
    }
}
