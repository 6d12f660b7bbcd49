public import Events
public import Platform

/// What lies in a store's folder, also beside the program that writes it.
public struct StoreFolder: Sendable {
    private let folder: SegmentFolder

    /// - Parameter path: the store's folder.
    public init(path: String) { folder = SegmentFolder(path: path) }

    /// The files of one tenant and stream.
    public struct Part: Sendable, Equatable {
        public let tenant: TenantName
        public let stream: StreamName
        public let files: Int
        public let rows: Int
        public let bytes: Int
        public let earliest: Timestamp
        public let latest: Timestamp
        /// Rows before it were deleted for their age.
        public let deletedBefore: Timestamp?
    }

    public struct Status: Sendable {
        public let parts: [Part]
        /// The journal is in the files up to here.
        public let position: JournalPosition
        public let merges: Int
    }

    /// - Returns: `nil` when there is no store.
    public func status() throws(StoreError) -> Status? {
        guard let manifest = try folder.read() else { return nil }
        let shelves = Dictionary(grouping: manifest.segments, by: \.shelf).sorted { $0.key < $1.key }
        let parts = shelves.map { shelf, segments in
            Part(
                tenant: shelf.tenant, stream: shelf.stream, files: segments.count,
                rows: segments.reduce(0) { $0 + $1.rows }, bytes: segments.reduce(0) { $0 + $1.bytes },
                earliest: segments.map(\.earliest).min() ?? Timestamp(nanoseconds: 0),
                latest: segments.map(\.latest).max() ?? Timestamp(nanoseconds: 0),
                deletedBefore: manifest.deleted[shelf]?.before)
        }
        return Status(parts: parts, position: manifest.position, merges: Int(manifest.merges))
    }

    /// Forgets all rows, so that the store is built again from the journal. What was deleted for its age stays deleted.
    ///
    /// A manifest that cannot be read is left behind, and with it what it knew.
    public func reset() throws(StoreError) {
        var next = Manifest()
        do throws(StoreError) {
            if let old = try folder.read() { next.deleted = old.deleted }
        } catch .unreadable {}
        do throws(DiskError) {
            try FolderDisk.makeFolder(folder.path)
            try folder.write(next)
        } catch {
            throw .disk(error)
        }
    }
}
