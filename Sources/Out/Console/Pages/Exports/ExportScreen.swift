import Events
import Query

/// The receipt of one export.
struct ExportScreen: Screen {
    let id: String

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        guard let receipt = try visit.receipt(id) else {
            var page = Page("No receipt", place: .search) {
                MessagePage.markup(
                    "No receipt",
                    "No export is called so, or it ended a moment ago: a receipt is here two seconds later.")
            }
            page.status = 404
            return page
        }
        return ExportReceiptPage(receipt: receipt).page
    }
}

struct ExportReceiptPage {
    let receipt: ReceiptDocument

    private var fields: EventFields { receipt.fields }

    var page: Page {
        Page("Export \(receipt.hit.id)", place: .search, styles: [.searchStyle, .integrityStyle]) {
            h(.h1) { "Receipt of an export" }
            h(
                .p, receipt.isWhole ? .class("verdict good") : .class("verdict bad"), .role("status"),
                .testID("receipt-state")
            ) {
                if receipt.isWhole {
                    "✓ Whole: a file with this SHA-256 is the one that was taken."
                } else {
                    "✕ Broken off: no whole file was given, so a file that calls itself this export is none."
                }
            }
            h(.dl, .class("overview"), .testID("receipt")) {
                pair("Export", receipt.hit.id)
                pair("Taken", Numbers.moment(receipt.hit.time))
                pair("By", receipt.person)
                pair("Format", fields["docket.access.format"])
                pair("Language", fields["docket.access.language"])
                pair("Query", fields["docket.access.query"] ?? "(all events)")
                if let filter = fields["docket.export.filter"] { pair("Filter", filter) }
                pair("Time", "\(receipt.from ?? "the beginning") to \(receipt.to ?? "the end")")
                if let columns = fields.joined("docket.export.columns") { pair("Columns", columns) }
                if let rows = receipt.rows, let bytes = receipt.bytes {
                    number("Rows", rows)
                    number("Bytes", bytes)
                    if receipt.isCut {
                        pair("Left out", "There was more than an export may have, or something could not be looked at.")
                    }
                }
                if let digest = receipt.digest { hash("SHA-256", digest) }
                if let size = receipt.checkpointSize {
                    pair("Last checkpoint then", "\(Numbers.grouped(size)) records of \(origin)")
                    hash("Its root", fields["docket.export.checkpoint.root"] ?? "–")
                }
            }
            h(.p, .class("links")) {
                h(.a, .href(LocalAddress("/exports", segments: ["\(receipt.hit.id).json"])), .testID("receipt-file")) {
                    "Receipt as a file"
                }
                h(.a, .href(LocalAddress("/events", segments: [receipt.hit.id], query: [("tab", "proof")]))) {
                    "Proof of the receipt"
                }
                h(.a, .href(Place.integrity.address)) { "Check a file with its receipt" }
                h(.a, .href(LocalAddress("/exports"))) { "All exports" }
            }
            h(.p, .class("muted")) {
                "In a shell: "
                h(.code) { "docket export verify FILE RECEIPT" }
            }
        }
    }

    private var origin: String { fields["docket.export.checkpoint.origin"] ?? "the log" }

    @MarkupBuilder private func pair(_ name: String, _ value: String?) -> Markup {
        h(.dt) { name }
        h(.dd) { value.map { VisibleText.of($0, most: EventOverview.valueLength) } ?? "–" }
    }

    @MarkupBuilder private func number(_ name: String, _ count: Int) -> Markup {
        h(.dt) { name }
        h(.dd, .datum(count)) { Numbers.grouped(count) }
    }

    @MarkupBuilder private func hash(_ name: String, _ text: String) -> Markup {
        h(.dt) { name }
        h(.dd, .class("hash")) { VisibleText.of(text, most: 200) }
    }
}
