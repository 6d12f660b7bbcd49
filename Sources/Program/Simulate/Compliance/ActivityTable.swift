import CContent

/// Who can be the actor of an activity.
enum ActorKind: Character, Sendable, CaseIterable {
    case user = "u"
    case key = "a"
    case adminKey = "m"
    case unauthenticated = "n"
    case anthropic = "x"
    case system = "s"
    case serviceAccount = "v"
    case directorySync = "d"
    case federatedIdentity = "f"
    case federated = "g"
    case device = "t"
}

/// Every type of activity, how often it happens, and what its activities look like.
///
/// - Source: `Content/simulated-activities.tsv`, carried inside the program.
struct ActivityTable: Sendable {
    struct Field: Sendable, Equatable {
        let name: String
        let mayBeAbsent: Bool
        let mayBeNull: Bool
        let kind: String
        /// What follows the kind: an id's prefix, or the values to choose from.
        let values: [String]
    }

    struct Row: Sendable {
        let type: String
        /// Whether `activity_types[]` takes it.
        let isListed: Bool
        let actors: [ActorKind]
        let fields: [Field]
    }

    let rows: [Row]
    let indexes: [String: Int]
    /// Index of a row as often as its activities happen.
    private let lots: [UInt16]

    static let standard: ActivityTable = {
        let content = unsafe docket_content_simulated_activities()
        let bytes = unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
        return ActivityTable(String(decoding: bytes, as: UTF8.self))
    }()

    /// The table is ours; a test reads it, so a flaw never reaches a user.
    init(_ text: String) {
        var rows: [Row] = []
        var lots: [UInt16] = []
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst()
        for line in lines {
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            precondition(cells.count == 5, "simulated-activities.tsv: \(cells[0]) has \(cells.count) cells")
            lots += [UInt16](repeating: UInt16(rows.count), count: Int(cells[2]) ?? 1)
            rows.append(
                Row(
                    type: String(cells[0]), isListed: cells[1] == "yes",
                    actors: cells[3].compactMap { ActorKind(rawValue: $0) },
                    fields: cells[4].split(separator: " ").map(Self.field)))
        }
        self.rows = rows
        self.lots = lots
        indexes = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1.type, $0) })
    }

    private static func field(_ text: Substring) -> Field {
        let halves = text.split(separator: "=", maxSplits: 1)
        let kinds = halves[1].split(separator: ":", maxSplits: 1)
        return Field(
            name: String(halves[0].prefix { $0 != "?" && $0 != "~" }), mayBeAbsent: halves[0].contains("?"),
            mayBeNull: halves[0].contains("~"), kind: String(kinds[0]),
            values: kinds.count > 1 ? kinds[1].split(separator: "|").map(String.init) : [])
    }

    func draw(_ draws: inout Draws) -> Int { Int(lots[draws.number(below: lots.count)]) }
}
