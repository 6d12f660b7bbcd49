import Events
import Platform
import Query

/// One event whole: its sentence, every field, and the document as it is stored.
struct EventPage {
    let hit: SearchHit
    let tenant: TenantName

    /// What is shown of a long value before it is opened. - Unit: Unicode scalars
    static let valueLength = 2_000
    /// Longest value that is offered as a filter. - Unit: bytes
    private static let filterLength = 200

    var markup: Markup {
        let fields = EventFields(hit.document)
        return Frame(title: "Event \(hit.id)", tenant: tenant).page {
            h(.h1) { VisibleText.of(EventSentence.of(fields), most: EventSentence.length) }
            h(.dl, .class("overview")) {
                pair("Time", RFC3339.text(hit.time, digits: 9))
                pair("Stream", hit.stream)
                pair("Action", fields["event.action"])
                pair("User", fields.user)
                pair("Outcome", fields["event.outcome"])
                pair("Id", hit.id)
            }
            h(.section, .labelledBy("fields-heading")) {
                h(.h2, .id("fields-heading")) { "Fields" }
                table(fields)
            }
            h(.section, .labelledBy("json-heading")) {
                h(.h2, .id("json-heading")) { "JSON" }
                h(.p) {
                    h(.a, .href(LocalAddress("/api/v1/events", segments: [hit.id]))) { "As stored" }
                }
                h(.pre, .class("json"), .inTabOrder, .role("region"), .label("The document"), .testID("json")) {
                    VisibleText.of(PrettyJSON.of(hit.document))
                }
            }
        }
    }

    @MarkupBuilder private func pair(_ name: String, _ value: String?) -> Markup {
        h(.dt) { name }
        h(.dd) { value.map { VisibleText.of($0, most: Self.valueLength) } ?? "–" }
    }

    private func table(_ fields: EventFields) -> Markup {
        h(.table, .class("fields"), .testID("fields")) {
            h(.thead) {
                h(.tr) {
                    h(.th, .scope("col")) { "Field" }
                    h(.th, .scope("col")) { "Value" }
                    h(.th, .scope("col")) { "Search" }
                }
            }
            h(.tbody) {
                for field in fields.fields {
                    h(.tr) {
                        h(.th, .scope("row")) { VisibleText.of(field.name) }
                        h(.td) { value(field.values.joined(separator: "\n")) }
                        h(.td) { filter(field) }
                    }
                }
            }
        }
    }

    @MarkupBuilder private func value(_ text: String) -> Markup {
        h(.span, .class("value")) { VisibleText.of(text, most: Self.valueLength) }
        if text.unicodeScalars.count > Self.valueLength {
            h(.details) {
                h(.summary) { "Show all \(Numbers.grouped(text.utf8.count)) bytes" }
                h(.span, .class("value")) { VisibleText.of(text) }
            }
        }
    }

    @MarkupBuilder private func filter(_ field: EventFields.Field) -> Markup {
        if let value = field.values.first, value.utf8.count <= Self.filterLength, Self.isName(field.name) {
            h(
                .a, .href(SearchTerms(query: "\(field.name): \(Self.quoted(value))", from: "", to: "").address),
                .label("Events with the same \(field.name)")
            ) { "same" }
        }
    }

    /// A name that stands in KQL as it is.
    private static func isName(_ name: String) -> Bool {
        name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
