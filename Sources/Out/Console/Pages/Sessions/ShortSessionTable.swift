/// Sessions in a list of something else: when, who, how much.
enum ShortSessionTable {
    /// - Parameter answer: rows of ``SessionTable/sessions``.
    static func markup(_ id: StaticString, _ caption: String, _ answer: TableRows, emptiness: String) -> Markup {
        var table = DataTable(
            id: id, caption: caption,
            columns: [
                DataTable.Column("first", "Start"), DataTable.Column("person", "Person"),
                DataTable.Column("prompts", "Prompts", isNumber: true),
                DataTable.Column("tools", "Tool calls", isNumber: true),
                DataTable.Column("rejects", "Refused", isNumber: true),
                DataTable.Column("cost", "Cost", isNumber: true),
            ], emptiness: emptiness)
        table.rows = answer.indices.map { row in
            let session = answer.text(row, "session") ?? ""
            let person = answer.text(row, "person")
            return DataTable.Row(
                key: session,
                cells: [
                    .link(answer.time(row, "first").map(Numbers.minute), SessionScreen.address(session)),
                    .link(person, person.map { Entity(.person, $0).address }),
                    .count(answer.int(row, "prompts")), .count(answer.int(row, "tools")),
                    .count(answer.int(row, "rejects")), .money(answer.double(row, "cost"), isEstimate: true),
                ])
        }
        return .several([PartialNote.markup(answer), table.markup])
    }
}
