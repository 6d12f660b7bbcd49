import Events

/// What is known of the address and the user agent of an event that somebody else made: the same as of an activity, where
/// the sender does not say it himself.
struct SentEnrichment: Sendable {
    private let enricher: (any Enricher)?
    private let sourceIP, userAgentOriginal: FieldID
    private let place, agent: [FieldID]

    init(_ catalog: FieldCatalog, _ fields: MappedFields, _ enricher: (any Enricher)?) {
        self.enricher = enricher
        sourceIP = fields.sourceIP
        userAgentOriginal = fields.userAgentOriginal
        func below(_ prefixes: String...) -> [FieldID] {
            catalog.fields.filter { field in prefixes.contains { field.name.hasPrefix($0) } }.map(\.id)
        }
        place = below("source.geo.", "source.as.")
        let original = fields.userAgentOriginal
        agent = below("user_agent.").filter { $0 != original }
    }

    func add(to document: inout Document) {
        guard let enricher else { return }
        // A part of what the sender says and a part of what we know would contradict each other.
        if let address = document.text(sourceIP), !Self.says(any: place, document) {
            let bytes = Array(address.utf8)
            let span = unsafe bytes.span.bytes
            if IPAddress.isValid(span) { enricher.addPlace(of: span, to: &document) }
        }
        if let name = document.text(userAgentOriginal), !Self.says(any: agent, document) {
            let bytes = Array(name.utf8)
            if !bytes.isEmpty { enricher.addAgent(unsafe bytes.span.bytes, to: &document) }
        }
    }

    private static func says(any fields: [FieldID], _ document: borrowing Document) -> Bool {
        for field in fields where document.has(field) { return true }
        return false
    }
}
