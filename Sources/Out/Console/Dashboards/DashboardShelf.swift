import CContent
public import Platform
public import Query

/// All dashboards, in the order in which they are listed.
struct DashboardShelf: Sendable {
    let dashboards: [Dashboard]

    /// - Parameter own: those of the operator. One with the id of another takes its place.
    init(own: [Dashboard] = []) {
        let kept = Dashboard.standard.map { standard in own.last { $0.id == standard.id } ?? standard }
        dashboards = kept + own.filter { one in !kept.contains { $0.id == one.id } }
    }

    /// Those that the program carries.
    static let standard = DashboardShelf()

    subscript(id: String) -> Dashboard? { dashboards.first { $0.id == id } }
}

extension Dashboard {
    /// The files of `Content/dashboards`, in the order of the list.
    static let files: [(name: String, bytes: [UInt8])] = unsafe [
        ("audit-overview.json", docket_content_dashboard_audit_overview()),
        ("code-security.json", docket_content_dashboard_code_security()),
        ("tool-calls.json", docket_content_dashboard_tool_calls()),
        ("permission-decisions.json", docket_content_dashboard_permission_decisions()),
        ("mcp-access.json", docket_content_dashboard_mcp_access()),
        ("sessions.json", docket_content_dashboard_sessions()),
        ("cost-tokens.json", docket_content_dashboard_cost_tokens()),
        ("traces.json", docket_content_dashboard_traces()),
        ("integrity-health.json", docket_content_dashboard_integrity_health()),
    ].map { name, content in
        unsafe (name, Array(UnsafeBufferPointer(start: content.start, count: content.count)))
    }

    /// A test reads and checks them too, so a flaw never reaches a user.
    static let standard: [Dashboard] = files.map { name, bytes in
        do {
            return try Dashboard(parsing: bytes, file: name)
        } catch {
            preconditionFailure("Content/dashboards: \(error)")
        }
    }

    /// Longest file. - Unit: bytes
    private static let fileSize = 1 << 20

    /// Dashboards of the operator: every `.json` of a folder, in the order of their names.
    ///
    /// - Parameters:
    ///   - folder: one that is not there has none.
    ///   - schema: the fields that they may name.
    /// - Throws: the first file that is none, with what is wrong in it.
    public static func own(
        in folder: String, schema: FieldSchema, now: Timestamp
    ) throws(DashboardError) -> [Dashboard] {
        guard FolderDisk.isFolder(folder) else { return [] }
        let disk = FolderDisk(folder: folder)
        let check = DashboardCheck(schema: schema, now: now)
        var dashboards: [Dashboard] = []
        for name in try names(in: disk, folder) {
            let file = "\(folder)/\(name)"
            let bytes: [UInt8]
            do throws(DiskError) {
                bytes = try disk.contents(of: name)
            } catch {
                throw DashboardError(file: file, key: "", message: "\(error)")
            }
            guard bytes.count <= fileSize else {
                throw DashboardError(file: file, key: "", message: "is larger than \(fileSize >> 10) KiB")
            }
            let dashboard = try Dashboard(parsing: bytes, file: file)
            try check.check(dashboard, file: file)
            if dashboards.contains(where: { $0.id == dashboard.id }) {
                throw DashboardError(file: file, key: "id", message: "another file has `\(dashboard.id)` already")
            }
            dashboards.append(dashboard)
        }
        return dashboards
    }

    private static func names(in disk: FolderDisk, _ folder: String) throws(DashboardError) -> [String] {
        do throws(DiskError) {
            return try disk.names().filter { $0.hasSuffix(".json") }.sorted()
        } catch {
            throw DashboardError(file: folder, key: "", message: "\(error)")
        }
    }
}
