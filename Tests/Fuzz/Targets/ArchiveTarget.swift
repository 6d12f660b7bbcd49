import ArchiveFormat
import Codecs

/// Names, lines and manifests of an archive that anybody may have written.
final class ArchiveTarget: FuzzTarget {
    private static let name = ArchiveName(
        manifest: "acme/2026/10/08/08/00000000000000000000-00000000000000000000-aee7e6530bec7800.manifest.json")!

    func run(_ input: RawSpan) throws(Violation) {
        let bytes = input.payload
        switch input.selector % 3 {
        case 0:
            guard let name = ArchiveName(manifest: String(decoding: bytes, as: UTF8.self)) else { return }
            try Violation.unless(Array(name.manifest.utf8) == bytes, "a name is not what was read")
        case 1:
            guard let line = ArchiveLine(parsing: bytes) else { return }
            var out = ByteBuffer()
            line.write(to: &out)
            let again = ArchiveLine(parsing: Array(out.array.dropLast()))
            try Violation.unless(again == line, "a line is another when it is written again")
        default:
            guard let manifest = ArchiveManifest(kept: bytes, name: Self.name) else { return }
            try Violation.unless(manifest.bytes == bytes, "a manifest is another when it is written again")
        }
    }
}
