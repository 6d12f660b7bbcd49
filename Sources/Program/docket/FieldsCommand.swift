import Events

/// `docket fields`: what documents hold and searches may ask for.
struct FieldsCommand: Command {
    static let name = "fields"
    static let summary = "List the fields that documents hold and searches may ask for."
    static let help = """
        docket fields [--stream NAME] [--markdown] [WORD …]

        --stream     only fields that this stream sets, for example claude_code.events
        --markdown   the page docs/fields.md

        Prints name, type and meaning. With words, only fields that have all of them in their name, another of
        their names, or their meaning.
        """

    private let stream: String?
    private let isPage: Bool
    private let words: [String]

    init(_ words: inout Words) throws {
        let streams = Set(FieldCatalog.standard.fields.flatMap(\.streams).map(\.text)).sorted()
        stream = try words.option("--stream")
        if let stream, !streams.contains(stream) {
            throw WrongUse("there is no stream `\(stream)`\(Words.didYouMean(stream, streams))")
        }
        isPage = words.flag("--markdown")
        self.words = try words.rest().map { $0.lowercased() }
        if isPage, stream != nil || !self.words.isEmpty { throw WrongUse("--markdown is the whole page") }
    }

    func run(_ terminal: Terminal) -> ExitCode {
        let catalog = FieldCatalog.standard
        if isPage {
            terminal.out(String(catalog.page.dropLast()))
            return .done
        }
        let found = catalog.fields.filter { isWanted($0) }
        let width = found.map(\.name.count).max() ?? 0
        for field in found {
            terminal.out(field.name.padding(to: width + 2) + field.typeText.padding(to: 16) + field.description)
        }
        return found.isEmpty ? .refuted : .done
    }

    private func isWanted(_ field: FieldCatalog.Field) -> Bool {
        if let stream, !field.streams.isEmpty, !field.streams.contains(where: { $0.text == stream }) { return false }
        let text = ([field.name, field.description] + field.aliases).joined(separator: " ").lowercased()
        return words.allSatisfy { text.contains($0) }
    }
}
