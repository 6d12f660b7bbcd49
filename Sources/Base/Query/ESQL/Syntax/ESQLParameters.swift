import Events

/// What a query is given for the parameters in it: values in an order, all of them with a name or none.
///
/// ```
/// FROM events | WHERE user.email == ?user AND event.duration > ?least | STATS n = COUNT(*) BY ??group
/// ```
///
/// A parameter becomes a literal or a name where the query is read. It is never text of the query, so nothing in it can
/// become a command.
public struct ESQLParameters: Sendable, Equatable {
    /// What a parameter stands for.
    public enum Meaning: Sendable, Equatable {
        case value(ESQLLiteral)
        /// A column or a function.
        case name(String)
        /// Columns, with `*`.
        case pattern(String)
    }

    struct Entry: Sendable, Equatable {
        let name: String?
        let meaning: Meaning
    }

    /// - Shape: all with a name or none; of two that are called the same, the last one is meant.
    let entries: [Entry]

    public static let none = ESQLParameters(entries: [])

    init(entries: [Entry]) { self.entries = entries }

    public var isEmpty: Bool { entries.isEmpty }

    /// The most parameters of one query.
    public static let most = 1_000
}

/// Finds what the parameters of a query stand for, one after another as they are read.
struct ESQLBinder {
    /// What is wrong with a parameter where it stands.
    struct Problem: Error {
        let message: String
    }

    private enum Kind { case positional, named, anonymous }

    private let parameters: ESQLParameters
    /// In which ways parameters were named so far.
    private var kinds: Set<Kind> = []
    /// Parameters without a name so far.
    private var anonymous = 0

    init(_ parameters: ESQLParameters) { self.parameters = parameters }

    /// What the next parameter stands for.
    ///
    /// - Parameters:
    ///   - text: what stands behind the question marks: nothing, a number or a name.
    ///   - isName: whether there are two of them.
    func meaning(of text: String, isName: Bool) throws(Problem) -> ESQLParameters.Meaning {
        try check(kinds.union([Self.kind(of: text)]))
        let meaning = try entry(text).meaning
        guard isName, case .value(let value) = meaning else { return meaning }
        guard case .string(let name) = value, !name.isEmpty else {
            throw Problem(
                message: "Query parameter [??\(text)] with value [\(ESQLPrinter.text(of: value))] is no name")
        }
        return .name(name)
    }

    /// Goes on behind a parameter.
    mutating func pass(_ text: String) {
        kinds.insert(Self.kind(of: text))
        if text.isEmpty { anonymous += 1 }
    }

    private static func kind(of text: String) -> Kind {
        text.isEmpty ? .anonymous : Int(text) == nil ? .named : .positional
    }

    private func check(_ kinds: Set<Kind>) throws(Problem) {
        guard kinds.count > 1 else { return }
        let found =
            !kinds.contains(.positional)
            ? "named and anonymous" : kinds.contains(.named) ? "named and positional" : "positional and anonymous"
        throw Problem(
            message: "Inconsistent parameter declaration, use one of positional, named or anonymous params but not a "
                + "combination of \(found)")
    }

    private func entry(_ text: String) throws(Problem) -> ESQLParameters.Entry {
        let entries = parameters.entries
        if text.isEmpty {
            guard anonymous < entries.count else {
                throw Problem(message: "Not enough actual parameters \(entries.count)")
            }
            return entries[anonymous]
        }
        if let position = Int(text) {
            guard entries.indices.contains(position - 1) else {
                let known = entries.count == 1 ? "position 1" : "any position between 1 and \(entries.count)"
                throw Problem(
                    message: "No parameter is defined for position \(position)"
                        + (entries.isEmpty ? "" : ", did you mean \(known)?"))
            }
            return entries[position - 1]
        }
        guard let entry = entries.last(where: { $0.name == text }) else {
            let near = Nearness.nearest(to: text, among: entries.compactMap(\.name))
            throw Problem(
                message: "Unknown query parameter [\(text)]" + (near.map { ", did you mean [\($0)]?" } ?? ""))
        }
        return entry
    }
}
