import Synchronization

/// A number that only grows.
///
/// - Threads: any, without a lock.
public final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    public init() {}
    public func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
///
/// - Threads: any, without a lock.
public final class Gauge: Sendable {
    private let level = Atomic<Int>(0)
    public init() {}
    public func set(_ value: Int) { level.store(value, ordering: .relaxed) }
    public func add(_ amount: Int) { level.wrappingAdd(amount, ordering: .relaxed) }
    public var value: Int { level.load(ordering: .relaxed) }
}

/// All the numbers of one program, in the text form that Prometheus reads.
///
/// Metrics are values made where the program is put together, not globals: two servers in one test
/// process do not count each other's events.
///
/// - Source: Prometheus, *Exposition formats*, text format 0.0.4.
public final class MetricList: Sendable {
    private enum Kind { case counter, gauge }

    private struct Family {
        let kind: Kind
        let help: String
        var series: [(labels: String, read: @Sendable () -> Int)] = []
    }

    private let families = Locked<[String: Family]>([:])

    public init() {}

    /// A new counter. One name may have several, told apart by their labels.
    ///
    /// - Parameter name: ends in `_total`.
    /// - Parameter labels: from small closed sets; never anything that a client chose.
    public func counter(_ name: String, _ help: String, labels: [(String, String)] = []) -> Counter {
        let counter = Counter()
        add(name, help, .counter, labels) { counter.value }
        return counter
    }

    public func gauge(_ name: String, _ help: String, labels: [(String, String)] = []) -> Gauge {
        let gauge = Gauge()
        add(name, help, .gauge, labels) { gauge.value }
        return gauge
    }

    /// A gauge that is computed when somebody looks.
    public func gauge(
        _ name: String, _ help: String, labels: [(String, String)] = [], read: @escaping @Sendable () -> Int
    ) {
        add(name, help, .gauge, labels, read)
    }

    private func add(
        _ name: String, _ help: String, _ kind: Kind, _ labels: [(String, String)],
        _ read: @escaping @Sendable () -> Int
    ) {
        let text = labels.map { "\($0.0)=\"\(Self.escape($0.1))\"" }.joined(separator: ",")
        families.withLock { families in
            var family = families[name] ?? Family(kind: kind, help: help)
            precondition(!family.series.contains { $0.labels == text }, "the metric \(name){\(text)} exists already")
            family.series.append((text, read))
            families[name] = family
        }
    }

    /// What a number is at the moment, for each set of labels that it has; nothing when there is no such number.
    ///
    /// - Returns: labels as ``exposition()`` writes them, without braces.
    public func readings(_ name: String) -> [(labels: String, value: Int)] {
        let family = families.withLock { $0[name] }
        return (family?.series ?? []).map { ($0.labels, $0.read()) }
    }

    /// Everything, sorted by name.
    public func exposition() -> String {
        let families = families.withLock { $0 }
        var out = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind == .counter ? "counter" : "gauge")\n"
            for series in family.series.sorted(by: { $0.labels < $1.labels }) {
                out += series.labels.isEmpty ? name : "\(name){\(series.labels)}"
                out += " \(series.read())\n"
            }
        }
        return out
    }

    private static func escape(_ value: String) -> String {
        var out = ""
        // Scalars and not characters: CR LF is one character.
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\"": out += "\\\""
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
