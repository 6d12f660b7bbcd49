import Codecs
import Events

/// What a row of a table asks of a document: `event.category=iam` or `process.command_line`, and `!` before it for
/// the opposite.
struct Condition: Sendable {
    let field: FieldID
    /// Without one, it is enough that the field is there.
    private let pattern: TextPattern?
    private let isOpposite: Bool

    /// - Returns: `nil` when the field is not in the catalog.
    init?(_ text: some StringProtocol, _ catalog: FieldCatalog) {
        isOpposite = text.hasPrefix("!")
        let parts = text.drop { $0 == "!" }.split(separator: "=", maxSplits: 1)
        guard let name = parts.first, let field = catalog.id(of: String(name)) else { return nil }
        self.field = field
        pattern = parts.count > 1 ? TextPattern(String(parts[1])) : nil
    }

    func holds(_ document: borrowing Document, _ places: borrowing FieldPlaces) -> Bool {
        isThere(document, places) != isOpposite
    }

    private func isThere(_ document: borrowing Document, _ places: borrowing FieldPlaces) -> Bool {
        let first = places.first(field)
        guard first >= 0 else { return false }
        guard let pattern else { return true }
        let bytes = document.bytes
        for index in first..<document.entries.count {
            let entry = document.entries[index]
            guard entry.field == field else { continue }
            switch entry.kind {
            case .text where pattern.matches(bytes[entry.value]): return true
            case .boolean where pattern.matches(Literal.bytes(entry.boolean ? "true" : "false")): return true
            default: break
            }
            if !places.isSeveral(field) { break }
        }
        return false
    }
}
