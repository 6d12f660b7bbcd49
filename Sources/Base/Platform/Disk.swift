/// One folder of files: the only way to a disk that the journal knows, so that a test can put one that
/// fails, tears and forgets in its place.
///
/// What is written survives a power loss only after ``DiskFile/sync()``, and a new, renamed or removed
/// name only after ``syncNames()``.
///
/// - Threads: any.
public protocol Disk: Sendable {
    /// Names of all files, in no order.
    func names() throws(DiskError) -> [String]
    /// A file that must not exist yet.
    func create(_ name: String) throws(DiskError) -> any DiskFile
    /// A file that must exist.
    func open(_ name: String) throws(DiskError) -> any DiskFile
    /// Replaces a file of the new name.
    func rename(_ name: String, to newName: String) throws(DiskError)
    func remove(_ name: String) throws(DiskError)
    func syncNames() throws(DiskError)
    /// Bytes that are free for this program, and those together with what is used.
    func space() throws(DiskError) -> (free: Int, total: Int)
}

extension Disk {
    /// A whole file.
    public func contents(of name: String) throws(DiskError) -> [UInt8] {
        let file = try open(name)
        var bytes = [UInt8](repeating: 0, count: try file.size())
        var span = bytes.mutableSpan
        var target = unsafe span.mutableBytes
        let count = try file.read(into: &target, at: 0)
        return Array(bytes[..<count])
    }

    /// A whole file, or `nil` when there is none of this name.
    public func contentsIfThere(of name: String) throws(DiskError) -> [UInt8]? {
        try names().contains(name) ? try contents(of: name) : nil
    }

    /// Replaces a whole file durably: after a crash it is the old one or the new one.
    public func replace(_ name: String, with contents: [UInt8]) throws(DiskError) {
        let temporary = name + ".new"
        if try names().contains(temporary) { try remove(temporary) }
        let file = try create(temporary)
        try unsafe file.write(contents.span.bytes, at: 0)
        try file.sync()
        try rename(temporary, to: name)
        try syncNames()
    }
}

/// An open file, closed when nobody holds it any more.
public protocol DiskFile: AnyObject, Sendable {
    /// Writes all of the bytes at a place, or throws; then any part of them may have been written.
    func write(_ bytes: RawSpan, at offset: Int) throws(DiskError)
    /// - Returns: how many bytes were read; fewer than asked for only at the end of the file.
    func read(into buffer: inout MutableRawSpan, at offset: Int) throws(DiskError) -> Int
    /// After an error the state of what was written is unknown and the file must not be synced again.
    func sync() throws(DiskError)
    func size() throws(DiskError) -> Int
    func truncate(to size: Int) throws(DiskError)
    /// Sets space aside behind the end without changing the size, so that a full disk is met here and not
    /// in the middle of a write. Does nothing where the file system cannot.
    func reserve(upTo size: Int) throws(DiskError)
    /// Lets go of what memory holds of the file, so that the next read asks the disk what it really has. Only
    /// what was synced may be read afterwards.
    func forget()
}

/// What the kernel said.
public struct DiskError: Error, Sendable, Equatable, CustomStringConvertible {
    public let operation: String
    public let file: String
    /// `errno`.
    public let number: Int32

    public init(_ operation: String, _ file: String, number: Int32) {
        self.operation = operation
        self.file = file
        self.number = number
    }

    public var isFull: Bool { number == ErrorNumber.noSpace || number == ErrorNumber.quota }

    public var description: String { "cannot \(operation) \(file): \(ErrorNumber.text(number))" }
}
