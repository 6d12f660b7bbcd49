public import Integrity
import Platform

/// What a witness keeps: its key, and the book of what it cosigned.
public struct WitnessFolder: Sendable {
    private static let keyFile = "key"

    public let path: String

    public init(_ path: String) { self.path = path }

    /// Opens it, with a new key when there is none.
    ///
    /// - Parameter name: of a new key; without it one is chosen by chance.
    public func open(
        name: KeyName? = nil, random: RandomBytes = .system
    ) throws(WitnessError) -> (signer: NoteSigner, book: WitnessBook) {
        do throws(DiskError) { try FolderDisk.makeFolder(path) } catch { throw .disk(error) }
        let disk = FolderDisk(folder: path)
        if let signer = try kept(disk) {
            let hasBook: Bool
            do throws(DiskError) { hasBook = try WitnessBook.isThere(disk) } catch { throw .disk(error) }
            // A key without its book would cosign any history.
            guard hasBook else { throw .book }
            return (signer, try WitnessBook(disk: disk))
        }
        // A new key must not go on where another one has cosigned.
        guard try WitnessBook(disk: disk).isEmpty else { throw .key }
        let chance = random.bytes(4)
        guard let name = name ?? KeyName("docket-witness-\(unsafe Hexadecimal.text(of: chance.span.bytes))") else {
            preconditionFailure("digits are a name")
        }
        let signer = NoteSigner(name: name, kind: .cosignature, secret: Ed25519.SecretKey(random: random))
        do throws(DiskError) {
            try WitnessBook.begin(disk)
            try disk.replace(Self.keyFile, with: Array("\(signer.reveal())\n".utf8))
        } catch { throw .disk(error) }
        return (signer, try WitnessBook(disk: disk))
    }

    private func kept(_ disk: FolderDisk) throws(WitnessError) -> NoteSigner? {
        let bytes: [UInt8]?
        do throws(DiskError) { bytes = try disk.contentsIfThere(of: Self.keyFile) } catch { throw .disk(error) }
        guard let bytes else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let signer = NoteSigner(kept: String(text.dropLast())),
            signer.key.kind == .cosignature
        else { throw .key }
        return signer
    }
}
