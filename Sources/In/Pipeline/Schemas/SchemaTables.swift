import CContent
import Events

/// The tables of a schema as they stand in `Content/schemas`, and where what is not in them goes.
struct SchemaTables {
    /// Names and numbers of the classes; empty where classes are names only.
    let classes: Table
    let events: Table
    let objects: Table
    let attributes: Table
    /// What stands before the name of a field that has no place.
    let restPrefix: String
    let shape: DocumentWriter.Shape

    /// - Returns: `nil` for the schema of the documents themselves.
    init?(_ schema: Schema) {
        objects = unsafe Table("objects.tsv", docket_content_schema_objects())
        switch schema {
        case .ecs: return nil
        case .ocsf:
            classes = unsafe Table("ocsf-classes.tsv", docket_content_ocsf_classes())
            events = unsafe Table("ocsf-events.tsv", docket_content_ocsf_events())
            attributes = unsafe Table("ocsf-attributes.tsv", docket_content_ocsf_attributes())
            restPrefix = "unmapped."
            shape = .nested
        case .cim:
            classes = Table(name: "none", rows: [])
            events = unsafe Table("cim-events.tsv", docket_content_cim_events())
            attributes = unsafe Table("cim-fields.tsv", docket_content_cim_fields())
            restPrefix = ""
            shape = .flat
        }
    }

    /// Rows of cells between tabs, without comments and the header.
    struct Table {
        let name: String
        let rows: [[String]]

        init(name: String, rows: [[String]]) {
            self.name = name
            self.rows = rows
        }

        init(_ name: String, _ content: docket_content) {
            self.name = "Content/schemas/" + name
            let lines = unsafe content.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            let width = lines.first?.split(separator: "\t", omittingEmptySubsequences: false).count ?? 0
            rows = lines.dropFirst().map { line in
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                precondition(cells.count == width, "Content/schemas/\(name): not \(width) cells: \(line)")
                return cells
            }
        }

        /// The tables are part of the program, and a test reads them all.
        func wrong(_ row: [String], _ reason: String) -> Never {
            preconditionFailure("\(name): \(reason): \(row.joined(separator: " | "))")
        }
    }
}
