import Events
import Query

/// The files that people took out, the newest first.
struct ExportListScreen: Screen {
    /// Of these, one page.
    static let most = 100

    func page(_ visit: Visit) throws(SearchError) -> Page? {
        let answer = try visit.engine.search(
            SearchRequest(
                tenant: visit.tenant, text: Self.query, limit: Self.most, cancellation: visit.cancellation))
        let receipts = answer.hits.compactMap { ReceiptDocument($0) }
        return Page("Exports", place: .search, styles: [.searchStyle]) {
            h(.h1) { "Exports" }
            h(.p, .role("status")) {
                receipts.isEmpty
                    ? "No file was taken yet."
                    : "Files that were taken, the newest first. Each has a receipt, which is part of the record."
            }
            if !receipts.isEmpty {
                table(receipts)
                h(.p) {
                    h(.a, .href(SearchTerms(PageTerms(query: Self.query, time: .all)).address)) { "All as a search" }
                }
            }
        }
    }

    private static let query = "event.action: \(QuotedText.of(ReaderAct.Action.exportReceipt.rawValue))"

    private func table(_ receipts: [ReceiptDocument]) -> Markup {
        h(.div, .class("scroll-x")) {
            h(.table, .class("grid"), .testID("exports")) {
                h(.caption, .class("reader")) { "Exports" }
                h(.thead) {
                    h(.tr) {
                        for title in ["Time", "By", "Format"] { h(.th, .scope("col")) { title } }
                        for title in ["Rows", "Bytes"] { h(.th, .scope("col"), .class("number")) { title } }
                        h(.th, .scope("col")) { "Receipt" }
                    }
                }
                h(.tbody) { for receipt in receipts { row(receipt) } }
            }
        }
    }

    private func row(_ receipt: ReceiptDocument) -> Markup {
        h(.tr, .key(receipt.hit.id)) {
            h(.td, .heading("Time")) { Numbers.moment(receipt.hit.time) }
            h(.td, .heading("By")) { VisibleText.of(receipt.person ?? "–", most: 120) }
            h(.td, .heading("Format")) { VisibleText.of(receipt.fields["docket.access.format"] ?? "–", most: 20) }
            h(.td, .heading("Rows"), .class("number")) { receipt.rows.map(Numbers.grouped) ?? "–" }
            h(.td, .heading("Bytes"), .class("number")) { receipt.bytes.map(Numbers.grouped) ?? "–" }
            h(.td, .heading("Receipt")) {
                h(.a, .href(LocalAddress("/exports", segments: [receipt.hit.id]))) {
                    receipt.isWhole ? "✓ \(receipt.hit.id)" : "✕ broken off: \(receipt.hit.id)"
                }
            }
        }
    }
}
