import Codecs
public import Integrity
import Platform

/// Reads what an order sealed: whether all of it is there and as it was, and, with a key, what it says.
public struct HoldReading: Sendable {
    private let disk: FolderDisk
    public let manifest: HoldManifest

    /// - Parameter folder: of an order, in the archive.
    public init(folder: String) throws(HoldRefusal) {
        disk = FolderDisk(folder: folder, readsOnly: true)
        let bytes: [UInt8]
        do throws(DiskError) {
            guard FolderDisk.isFolder(folder), let there = try disk.contentsIfThere(of: HoldManifest.file) else {
                throw DiskError("open", "\(folder)/\(HoldManifest.file)", number: ErrorNumber.notFound)
            }
            bytes = there
        } catch {
            throw .couldNot("\(error)")
        }
        do throws(HoldFlaw) {
            manifest = try HoldManifest(bytes)
        } catch {
            throw .flaw("\(folder)/\(HoldManifest.file): \(error)")
        }
    }

    /// What is not as the list says, in words; empty when all is.
    public func flaws() throws(HoldRefusal) -> [String] {
        var flaws: [String] = []
        let names: Set<String>
        do throws(DiskError) {
            names = Set(try disk.names())
        } catch {
            throw .couldNot("\(error)")
        }
        let sealed = manifest.objects.compactMap(\.sealed)
        for object in sealed {
            guard names.contains(object.name) else {
                flaws.append("\(object.name): it is not there")
                continue
            }
            let bytes = try bytes(of: object.name)
            let digest = unsafe Digest(of: bytes.span.bytes)
            if digest != object.digest { flaws.append("\(object.name): it is not what was sealed") }
        }
        for name in names.subtracting(sealed.map(\.name)).subtracting([HoldManifest.file]).sorted() {
            flaws.append("\(name): it is not in the list")
        }
        if manifest.head["objects"]?.integer != Int64(sealed.count) { flaws.append("the list is not whole") }
        return flaws
    }

    /// What an object says.
    public func open(_ sealed: HoldObject.Sealed, with identities: [AgeIdentity]) throws(HoldRefusal) -> [UInt8] {
        let bytes = try bytes(of: sealed.name)
        guard unsafe Digest(of: bytes.span.bytes) == sealed.digest else {
            throw .flaw("\(sealed.name): it is not what was sealed")
        }
        do throws(AgeFile.Flaw) {
            return try AgeFile.open(bytes, with: identities)
        } catch {
            throw .flaw("\(sealed.name): \(error.rawValue)")
        }
    }

    private func bytes(of name: String) throws(HoldRefusal) -> [UInt8] {
        do throws(DiskError) {
            return try disk.contents(of: name)
        } catch {
            throw .couldNot("\(error)")
        }
    }
}
