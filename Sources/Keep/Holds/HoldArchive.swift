public import Integrity
import Platform

/// Where sealed objects go: a folder for each order, with a file for each object that nobody here can read.
///
/// - Threads: one at a time for each order.
public struct HoldArchive: Sendable {
    private let root: String
    private let recipients: [AgeRecipient]
    private let reserve: Int

    /// - Parameter root: a directory that is there.
    /// - Parameter recipients: who can open what is sealed; one at the least.
    /// - Parameter reserve: what must be left free on the disk, in bytes.
    public init(_ root: String, recipients: [AgeRecipient], reserve: Int = 256 << 20) {
        self.root = root
        self.recipients = recipients
        self.reserve = reserve
    }

    static func name(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".age"
    }

    static func isObject(_ name: String) -> Bool {
        name.hasSuffix(".age") && name.utf8.count >= 10 && name.dropLast(4).utf8.allSatisfy { (48...57).contains($0) }
    }

    public func folder(of order: String) -> String { "\(root)/\(order)" }

    /// Makes the folder of an order.
    public func prepare(_ order: String) throws(HoldRefusal) {
        guard FolderDisk.isFolder(root) else {
            // Making it would fill the wrong disk when the right one is not mounted.
            throw .couldNot("The directory of legal_hold.archive, `\(root)`, is not there; mount it or make it.")
        }
        try onDisk { () throws(DiskError) in try FolderDisk.makeFolder(folder(of: order)) }
    }

    /// Seals something, durably. What a crash left under this name is replaced.
    public func put(_ name: String, _ text: [UInt8], of order: String) throws(HoldRefusal) -> HoldObject.Sealed {
        let folder = folder(of: order)
        let disk = FolderDisk(folder: folder)
        var digest = SHA256()
        var size = 0
        try onDisk { () throws(DiskError) in
            guard try disk.space().free - text.count > reserve else {
                throw DiskError("leave \(reserve >> 20) MiB free behind", folder, number: ErrorNumber.noSpace)
            }
            let unfinished = ".\(name).new"
            if try disk.names().contains(unfinished) { try disk.remove(unfinished) }
            let file = try disk.create(unfinished)
            let bytes = unsafe text.span.bytes
            try AgeFile.seal(bytes, to: recipients) { piece throws(DiskError) in
                let span = unsafe piece.span.bytes
                try file.write(span, at: size)
                digest.update(span)
                size += piece.count
            }
            try file.sync()
            try disk.rename(unfinished, to: name)
            try disk.syncNames()
            try FileProtection.makeReadOnly("\(folder)/\(name)")
        }
        return HoldObject.Sealed(name: name, size: size, digest: digest.finish())
    }

    /// Writes the list of all objects, and takes away what a crash or a new beginning left over.
    public func finish(_ manifest: [UInt8], keeping names: Set<String>, of order: String) throws(HoldRefusal) -> Digest
    {
        let disk = FolderDisk(folder: folder(of: order))
        try onDisk { () throws(DiskError) in
            for name in try disk.names() where !names.contains(name) && name != HoldManifest.file {
                try disk.remove(name)
            }
            try disk.replace(HoldManifest.file, with: manifest)
            try FileProtection.makeReadOnly("\(folder(of: order))/\(HoldManifest.file)")
        }
        return unsafe Digest(of: manifest.span.bytes)
    }

    private func onDisk<Value>(_ body: () throws(DiskError) -> Value) throws(HoldRefusal) -> Value {
        do throws(DiskError) {
            return try body()
        } catch {
            let remedy = error.isFull ? "Make room" : "Mend it"
            throw .couldNot("The archive of the hold: \(error). \(remedy), then say `docket hold resume`.")
        }
    }
}
