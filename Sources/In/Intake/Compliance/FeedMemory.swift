import Codecs
import Platform

/// The ids of activities that are in the journal already, from some moment on.
///
/// - Guarantee: every journaled activity that was created at ``since`` or later is in here. So a window of
///   time that begins at ``since`` can be read again, and what is not known is new.
/// - Shape: digests of ids by the minute of their creation; the oldest minute goes first when there are too
///   many, and ``since`` moves behind it. It never moves behind the newest activity, as those that follow are
///   still to come; only if one minute has more than fits may some of that moment be met twice.
struct FeedMemory: Sendable, Equatable {
    private(set) var since: Timestamp
    /// Creation of the newest one that was inserted.
    private var newest: Timestamp?
    private(set) var count = 0
    private var minutes: [Int64: Set<UInt64>] = [:]

    private static let minute: Int64 = 60_000_000_000

    init(since: Timestamp) { self.since = since }

    private static func bucket(_ time: Timestamp) -> Int64 {
        let (quotient, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: minute)
        return rest < 0 ? quotient - 1 : quotient
    }

    func contains(_ identity: UInt64, created: Timestamp) -> Bool {
        minutes[Self.bucket(created)]?.contains(identity) ?? false
    }

    /// - Returns: whether older ones had to be forgotten.
    @discardableResult
    mutating func insert(_ identity: UInt64, created: Timestamp, most: Int) -> Bool {
        guard created >= since else { return false }
        newest = max(created, newest ?? created)
        if minutes[Self.bucket(created), default: []].insert(identity).inserted { count += 1 }
        return shrink(to: most)
    }

    /// Drops what was created before this moment.
    mutating func forget(before time: Timestamp) {
        guard time > since else { return }
        since = time
        let first = Self.bucket(time)
        for (minute, ids) in minutes where minute < first {
            count -= ids.count
            minutes[minute] = nil
        }
    }

    /// Takes over what another one knows. Afterwards both know all from the later of the two moments on.
    ///
    /// - Returns: whether older ones had to be forgotten.
    mutating func merge(_ other: FeedMemory, most: Int) -> Bool {
        forget(before: other.since)
        if let theirs = other.newest { newest = max(theirs, newest ?? theirs) }
        let first = Self.bucket(since)
        for (minute, ids) in other.minutes where minute >= first {
            let before = minutes[minute]?.count ?? 0
            minutes[minute, default: []].formUnion(ids)
            count += (minutes[minute]?.count ?? 0) - before
        }
        return shrink(to: most)
    }

    private mutating func shrink(to most: Int) -> Bool {
        var isShorter = false
        while count > most, let oldest = minutes.keys.min() {
            count -= minutes.removeValue(forKey: oldest)?.count ?? 0
            let end = Timestamp(nanoseconds: (oldest + 1) * Self.minute)
            since = max(since, min(end, newest ?? end))
            isShorter = true
        }
        return isShorter
    }

    // MARK: In a bookmark

    /// For example `{"since":1791446400000000000,"newest":1791446410000000000,"minutes":[[29857440,"5f2c…"]]}`,
    /// sixteen digits an id.
    func write(to out: inout ByteBuffer) {
        out.append("{\"since\":" as StaticString)
        out.append(decimal: since.nanoseconds)
        if let newest {
            out.append(",\"newest\":" as StaticString)
            out.append(decimal: newest.nanoseconds)
        }
        out.append(",\"minutes\":[" as StaticString)
        var isFirst = true
        for (minute, ids) in minutes.sorted(by: { $0.key < $1.key }) {
            out.append(isFirst ? "[" as StaticString : ",[" as StaticString)
            isFirst = false
            out.append(decimal: minute)
            out.append(UInt8(ascii: ","))
            Identities.write(ids, to: &out)
            out.append(UInt8(ascii: "]"))
        }
        out.append("]}" as StaticString)
    }

    init?(_ value: JSONValue?) {
        guard let since = value?["since"]?.integer, let list = value?["minutes"]?.array else { return nil }
        self.since = Timestamp(nanoseconds: since)
        newest = value?["newest"]?.integer.map { Timestamp(nanoseconds: $0) }
        for pair in list {
            guard let minute = pair[0]?.integer, let ids = Identities.read(pair[1]) else { return nil }
            minutes[minute] = ids
            count += ids.count
        }
    }
}

/// Digests of ids as hexadecimal digits, one after another.
enum Identities {
    static func write(_ ids: Set<UInt64>, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "\""))
        for id in ids {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: id >> shift) & 15
                out.append(digit < 10 ? 48 + digit : 87 + digit)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    static func read(_ value: JSONValue?) -> Set<UInt64>? {
        guard let digits = value?.string?.utf8, digits.count % 16 == 0 else { return nil }
        var ids = Set<UInt64>(minimumCapacity: digits.count / 16)
        var id: UInt64 = 0
        for (place, byte) in digits.enumerated() {
            guard let digit = JSONText.hexValue(byte) else { return nil }
            id = id << 4 | UInt64(digit)
            if place % 16 == 15 { ids.insert(id) }
        }
        return ids
    }
}
