public import Events
import Platform

/// Finds the record of a document in the files of a store. Nothing is changed, and nobody is asked: it may be beside the
/// program that writes them.
public struct StoreLookup {
    private let folder: SegmentFolder

    /// - Unit: bytes that the engine may use.
    private static let memory = 256 << 20

    /// - Parameter path: the store's folder.
    public init(path: String) { folder = SegmentFolder(path: path) }

    /// Where the files end.
    public enum Answer: Sendable, Equatable {
        /// The sequence of the record in the log of its tenant.
        case sequence(UInt64)
        /// No file has it; records of the journal from here on may not be in files yet.
        case unknown(from: JournalPosition)
    }

    public func record(ofEvent id: String, tenant: TenantName) throws(StoreError) -> Answer {
        do throws(StoreError) {
            return try look(id, tenant)
        } catch .engine {
            // A file that was replaced since the manifest was read is no fault.
            return try look(id, tenant)
        }
    }

    private func look(_ id: String, _ tenant: TenantName) throws(StoreError) -> Answer {
        guard let manifest = try folder.read() else { return .unknown(from: .start) }
        let files = manifest.segments.filter { $0.shelf.tenant == tenant }.map { "\(folder.path)/\($0.file)" }
        do throws(DuckDBError) {
            if !files.isEmpty, let sequence = try sequence(of: id, in: files) { return .sequence(sequence) }
        } catch {
            throw .engine("\(error)")
        }
        return .unknown(from: manifest.position)
    }

    private func sequence(of id: String, in files: [String]) throws(DuckDBError) -> UInt64? {
        let database = try Database(.init(memory: Self.memory, threads: 2, allowedDirectories: [folder.path]))
        var rows = try Connection(to: database).query(
            "SELECT \"docket.sequence\" FROM \(SegmentFile.rows(of: files)) WHERE \"event.id\" = $1 LIMIT 1",
            [.text(id)])
        guard let chunk = try rows.next() else { return nil }
        return chunk.column(0).integer(0).flatMap { UInt64(exactly: $0) }
    }
}
