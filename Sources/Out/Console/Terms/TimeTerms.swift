import Platform
import Query

/// The stretch of time that an address names, as the person wrote it.
///
/// Relative bounds stay relative, so that a link shows tomorrow what it shows today: the last day.
struct TimeTerms: Sendable, Equatable {
    /// RFC 3339, a part of a date, or date math; empty for no end.
    var from = "now-24h"
    var to = "now"

    static let all = TimeTerms(from: "", to: "")

    /// Longest text that is taken for one end.
    private static let length = 64

    init() {}

    init(from: String, to: String) {
        self.from = from
        self.to = to
    }

    init(from: Timestamp, to: Timestamp) { self.init(from: RFC3339.text(from), to: RFC3339.text(to)) }

    /// A time that is not there at all is the last day; an empty one is no bound.
    init(_ pairs: [(name: String, value: String)]) {
        func value(_ name: String) -> String? { pairs.first { $0.name == name }.map { Self.trimmed($0.value) } }
        let (from, to) = (value("from"), value("to"))
        if let from { self.from = from }
        if let to { self.to = to }
        if to == nil, from?.isEmpty == true { self.to = "" }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    var parameters: [(String, String)] { [("from", from), ("to", to)] }

    // MARK: Presets

    /// A stretch of time that can be chosen by one button.
    struct Preset: Sendable {
        let key: String
        let label: String
        let time: TimeTerms

        init(_ key: String, _ label: String, from: String) {
            self.key = key
            self.label = label
            time = from.isEmpty ? .all : TimeTerms(from: from, to: "now")
        }
    }

    static let presets: [Preset] = [
        Preset("15m", "15 minutes", from: "now-15m"), Preset("1h", "1 hour", from: "now-1h"),
        Preset("24h", "24 hours", from: "now-24h"), Preset("7d", "7 days", from: "now-7d"),
        Preset("30d", "30 days", from: "now-30d"), Preset("90d", "90 days", from: "now-90d"),
        Preset("all", "All time", from: ""),
    ]

    var preset: Preset? { Self.presets.first { $0.time == self } }

    /// As people say it: `last 24 hours`, or its two ends.
    var words: String {
        if let preset { return preset.time == .all ? "all time" : "last \(preset.label)" }
        return "\(from.isEmpty ? "the beginning" : from) to \(to.isEmpty ? "the end" : to)"
    }

    // MARK: Moments

    enum Problem: Error, Equatable { case from, to, order }

    /// The moments that are meant.
    ///
    /// - Throws: which end cannot be understood, or that the end is not behind the start.
    func bounds(now: Timestamp) throws(Problem) -> TimeBounds {
        var bounds = TimeBounds()
        if !from.isEmpty {
            guard from.utf8.count <= Self.length, let moment = TimeBound.from(from, now: now) else { throw .from }
            bounds.from = moment
        }
        if !to.isEmpty {
            guard to.utf8.count <= Self.length, let moment = TimeBound.to(to, now: now) else { throw .to }
            bounds.to = moment
        }
        if let from = bounds.from, let to = bounds.to, to <= from { throw .order }
        return bounds
    }
}

/// A stretch of time. An end that is `nil` is open.
struct TimeBounds: Sendable, Equatable {
    /// Events at this moment and later.
    var from: Timestamp?
    /// Events before this moment.
    var to: Timestamp?
}

extension TimeTerms.Problem {
    var sentence: String {
        switch self {
        case .from: "The start of the time cannot be understood."
        case .to: "The end of the time cannot be understood."
        case .order: "The end of the time is not behind its start."
        }
    }
}
