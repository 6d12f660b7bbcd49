import Platform

/// What a datum is drawn in. The style sheet knows the colors, in light and dark.
enum ChartColor: Int, Sendable, CaseIterable {
    case c1 = 0, c2, c3, c4, c5, c6, c7
    /// What is not shown by itself.
    case other
    /// What has no value.
    case missing
    case good, bad

    /// Those that values may have.
    static let palette: [ChartColor] = [.c1, .c2, .c3, .c4, .c5, .c6, .c7]

    var attribute: Attribute {
        switch self {
        case .c1: .class("c1")
        case .c2: .class("c2")
        case .c3: .class("c3")
        case .c4: .class("c4")
        case .c5: .class("c5")
        case .c6: .class("c6")
        case .c7: .class("c7")
        case .other: .class("c-other")
        case .missing: .class("c-missing")
        case .good: .class("c-good")
        case .bad: .class("c-bad")
        }
    }

    /// Values whose meaning everybody knows, whichever field they stand in.
    fileprivate init?(meaningOf value: String) {
        switch value {
        case "accept", "success", "connected", "true": self = .good
        case "reject", "failure", "failed", "false": self = .bad
        default: return nil
        }
    }
}

/// Gives each value of a field one color for all charts of a page.
///
/// The color comes from the value's bytes, so that it is mostly the same on other pages, too. Who comes second gives way.
///
/// - Threads: any.
final class ChartColors: Sendable {
    private let chosen = Locked<[String: [String: ChartColor]]>([:])

    /// - Parameters:
    ///   - values: of one chart, the most important first.
    ///   - field: whose values they are.
    func colors(of values: [String], in field: String) -> [ChartColor] {
        chosen.withLock { chosen in
            var known = chosen[field] ?? [:]
            var inChart = Set(values.compactMap { known[$0] })
            let colors = values.map { value -> ChartColor in
                if let color = known[value] { return color }
                let color =
                    ChartColor(meaningOf: value) ?? Self.free(Self.place(of: value), [Set(known.values), inChart])
                known[value] = color
                inChart.insert(color)
                return color
            }
            chosen[field] = known
            return colors
        }
    }

    /// The next color that nothing on the page has, or else nothing of the chart, or else any.
    private static func free(_ place: Int, _ taken: [Set<ChartColor>]) -> ChartColor {
        let palette = ChartColor.palette
        let order = palette.indices.map { palette[(place + $0) % palette.count] }
        for taken in taken { if let color = order.first(where: { !taken.contains($0) }) { return color } }
        return order[0]
    }

    /// FNV-1a: the same in every process, unlike Swift's own hash.
    private static func place(of value: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in value.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash % UInt32(ChartColor.palette.count))
    }
}
