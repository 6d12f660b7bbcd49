import Codecs
import Events

/// Adds names to a list, each once.
struct RelatedNames {
    private let start: Int

    /// - Parameter start: how many entries the document had before the list.
    init(_ start: Int) { self.start = start }

    func add(_ name: RawSpan, _ field: FieldID, to document: inout Document) {
        for place in start..<document.entries.count
        where document.bytes[document.entries[place].value].isEqual(to: name) {
            return
        }
        document.set(field, text: name)
    }
}
