/// The fields of one event of a session.
///
/// - Rule: content leaves as a ``SessionText`` only, or as what covers it.
struct SessionFields {
    private let fields: EventFields
    private let content: Set<String>
    private let isCovered: Bool
    /// The fields of which content was taken.
    private(set) var taken: Set<String> = []

    /// - Parameter isCovered: whether content is covered, as it is until somebody asks for it.
    init(_ document: [UInt8], isCovered: Bool) {
        fields = EventFields(document)
        content = Set(ContentCurtain.draw(over: document).fields)
        self.isCovered = isCovered
    }

    /// A field that is no content, of which content would come covered.
    subscript(name: String) -> String? { first([name]) }

    /// The first of several that is there.
    func first(_ names: [String]) -> String? {
        guard let name = fields.firstName(of: names), let value = fields[name] else { return nil }
        return content.contains(name) ? ContentCurtain.Cover.size.text(over: value) : value
    }

    /// The first of several that is there, content or not.
    mutating func text(_ names: String...) -> SessionText? { text(names) }

    mutating func text(_ names: [String]) -> SessionText? {
        guard let name = fields.firstName(of: names), let value = fields[name] else { return nil }
        guard content.contains(name) else { return SessionText(value) }
        taken.insert(name)
        return SessionText(value, isCovered: isCovered)
    }

    /// All values of a field that is no content.
    func values(_ name: String) -> [String] {
        content.contains(name) ? [] : fields.fields.first { $0.name == name }?.values ?? []
    }
}
