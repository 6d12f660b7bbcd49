import Codecs
import Console
import Events
import Platform

extension LogBook {
    // MARK: Writing

    var bytes: [UInt8] {
        let value: JSONValue = [
            "version": .integer(Self.version), "origin": .string(origin), "counted": .number(counted),
            "days": .array(
                days.map {
                    [
                        .integer($0.day.nanoseconds), .number($0.records.lowerBound), .number($0.records.upperBound),
                        .number($0.count),
                    ]
                }),
            "verified": .array(verified.texts.map { .string($0) }),
            "changed": .array(changed.texts.map { .string($0) }),
            "flaw": flaw.map { .string($0) } ?? .null, "again": .number(again), "next": .integer(Int64(nextNumber)),
            "checks": .array(checks.map(Self.value)),
        ]
        return Array(value.text.utf8)
    }

    private static func value(_ check: LogCheck) -> JSONValue {
        [
            "number": .integer(Int64(check.number)), "wish": .string(check.wish), "person": .string(check.person),
            "standing": .bool(check.isStanding), "began": .integer(check.began.nanoseconds),
            "ended": .moment(check.ended),
            "state": .string(check.state.rawValue),
            "records": check.records.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null,
            "size": check.checkpoint.map { .number($0.size) } ?? .null,
            "root": check.checkpoint.map { .string($0.root) } ?? .null,
            "leaves": .number(check.leaves), "compared": .number(check.compared), "erased": .number(check.erased),
            "lost": .number(check.lost), "count": .integer(Int64(check.findingCount)),
            "problem": check.problem.map { .string($0) } ?? .null,
            "findings": .array(
                check.findings.map {
                    [
                        "sequence": $0.sequence.map { .number($0) } ?? .null, "what": .string($0.what),
                        "expected": $0.expected.map { .string($0) } ?? .null,
                        "found": $0.found.map { .string($0) } ?? .null,
                    ]
                }),
        ]
    }

    // MARK: Reading

    /// - Returns: `nil` for what is no such file, or one of another log.
    init?(kept bytes: [UInt8], origin: String) {
        guard let root = try? JSONValue(parsing: bytes), root["version"]?.integer == Self.version,
            root["origin"]?.string == origin, let counted = root["counted"]?.number,
            let rows = root["days"]?.array, let verified = Self.sequences(root["verified"]),
            let changed = Self.sequences(root["changed"]), let next = root["next"]?.integer, next > 0,
            let checks = root["checks"]?.array
        else { return nil }
        var days: [RecordedDay] = []
        for row in rows {
            guard let day = row[0]?.integer, let first = row[1]?.number, let end = row[2]?.number,
                let count = row[3]?.number, first < end, end <= counted, days.last?.day.nanoseconds ?? .min < day
            else { return nil }
            days.append(RecordedDay(day: Timestamp(nanoseconds: day), records: first..<end, count: count))
        }
        let read = checks.compactMap(Self.check)
        guard read.count == checks.count else { return nil }
        self.init(
            origin: origin, days: days, counted: counted, checks: read, verified: verified, changed: changed,
            flaw: root["flaw"]?.string, again: root["again"]?.number ?? 0, next: Int(next))
    }

    private static func sequences(_ value: JSONValue?) -> SequenceSet? {
        guard let texts = value?.array else { return nil }
        return SequenceSet(texts: texts.map { $0.string ?? "" })
    }

    private static func check(_ value: JSONValue) -> LogCheck? {
        guard let number = value["number"]?.integer, let wish = value["wish"]?.string,
            let person = value["person"]?.string, let began = value["began"]?.integer,
            let state = value["state"]?.string.flatMap({ LogCheck.State(rawValue: $0) })
        else { return nil }
        var check = LogCheck(
            number: Int(number), wish: wish, person: person, isStanding: value["standing"] == .bool(true),
            began: Timestamp(nanoseconds: began))
        check.state = state
        check.ended = value["ended"]?.integer.map { Timestamp(nanoseconds: $0) }
        if let first = value["records"]?[0]?.number, let end = value["records"]?[1]?.number, first <= end {
            check.records = first..<end
        }
        if let size = value["size"]?.number, let root = value["root"]?.string {
            check.checkpoint = CheckpointFacts(size: size, root: root)
        }
        check.leaves = value["leaves"]?.number ?? 0
        check.compared = value["compared"]?.number ?? 0
        check.erased = value["erased"]?.number ?? 0
        check.lost = value["lost"]?.number ?? 0
        check.findingCount = value["count"]?.integer.map { Int($0) } ?? 0
        check.problem = value["problem"]?.string
        check.findings = (value["findings"]?.array ?? []).map { finding in
            LogCheck.Finding(
                sequence: finding["sequence"]?.number, what: finding["what"]?.string ?? "",
                expected: finding["expected"]?.string, found: finding["found"]?.string)
        }
        return check
    }
}

extension JSONValue {
    fileprivate static func number(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }
    fileprivate static func moment(_ moment: Timestamp?) -> JSONValue {
        moment.map { .integer($0.nanoseconds) } ?? .null
    }
    /// A number that is not negative.
    fileprivate var number: UInt64? { integer.flatMap { UInt64(exactly: $0) } }
}
