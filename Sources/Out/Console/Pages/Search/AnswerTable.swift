import Query

/// The rows of a query in ES|QL.
struct AnswerTable {
    let answer: ESQLAnswer

    var markup: Markup {
        h(.div, .class("scroll-x")) {
            h(.table, .class("grid"), .testID("table")) {
                h(.caption, .class("reader")) { "Rows" }
                h(.thead) {
                    h(.tr) {
                        for column in answer.columns {
                            h(
                                .th, .scope("col"), .key(column.name), .title(column.type.rawValue),
                                isNumber(column) ? .class("number") : nil
                            ) {
                                VisibleText.of(column.name, most: 120)
                            }
                        }
                    }
                }
                h(.tbody) {
                    for row in answer.rows {
                        h(.tr) {
                            for (value, column) in zip(row, answer.columns) {
                                h(.td, .heading(column.name), isNumber(column) ? .class("number") : nil) {
                                    cell(value, column)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func isNumber(_ column: ESQLColumn) -> Bool {
        [.long, .integer, .double, .unsignedLong].contains(column.type)
    }

    private func cell(_ value: ESQLValue, _ column: ESQLColumn) -> Markup {
        if case .null = value { return h(.span, .class("muted")) { "–" } }
        return .text(VisibleText.of(value.text(column.type), most: 400))
    }
}
