import Codecs
import Events
import Pipeline
import Platform

@testable import Intake

/// Listings of the directory from their bytes to documents, and what is remembered of them.
///
/// - Must hold: a listing that can be read gives records that are JSON and documents that are JSON; what is remembered is
///   read as it was written, and nothing changes when the same listing comes again.
final class DirectoryTarget: FuzzTarget {
    private var normalizer = Normalizer(digest: DocumentText.digest)
    private var group = DocumentGroup()
    private var writer = DocumentWriter()
    private var out = ByteBuffer()
    private static let now = Timestamp(milliseconds: 1_791_446_400_000)

    /// - Parameter input: the selector says what the bytes are: a record, a bookmark, or a listing of a kind.
    func run(_ input: RawSpan) throws(Violation) {
        switch input.selector {
        case 0: try map(input.payload)
        case 1:
            guard let memory = DirectoryMemory(input.payload) else { return }
            try Violation.unless(DirectoryMemory(memory.bytes) == memory, "what is remembered is read otherwise")
        default:
            let kinds = DirectoryPart.Kind.allCases
            let part = DirectoryPart(kinds[Int(input.selector) % kinds.count], organization: "o", parent: "p")
            guard let page = try? DirectoryPage(input.payload, of: part) else { return }
            for (part, objects) in page.objects { try check(objects, part) }
        }
    }

    private func check(_ objects: [DirectoryObject], _ part: DirectoryPart) throws(Violation) {
        var memory = DirectoryMemory()
        for object in objects {
            let change = DirectoryChange(what: .added, part: part, id: object.id, object: object, before: nil)
            memory.apply(change)
            try map(change.record(seen: Self.now, since: nil))
        }
        guard let again = DirectoryMemory(memory.bytes) else { throw Violation("a bookmark cannot be read") }
        try Violation.unless(again == memory, "a bookmark is read otherwise")
        for object in objects.reversed() {
            // Of two objects with one id the last counts.
            guard let known = again.listings[part]?.objects[object.id] else {
                throw Violation("an object is forgotten")
            }
            if objects.last(where: { $0.id == object.id }) == object {
                try Violation.unless(known == object.traits, "an object is remembered otherwise")
            }
            let gone = DirectoryChange(what: .removed, part: part, id: object.id, object: nil, before: known)
            try map(gone.record(seen: Self.now, since: Self.now))
        }
    }

    private func map(_ record: [UInt8]) throws(Violation) {
        let batch = RecordBatch(
            tenant: .default, source: "fuzz", storage: record, contexts: [.init()],
            entries: [.init(kind: .directory, encoding: .json, context: 0, range: ByteRange(0..<record.count))])
        var flaw: Violation?
        var found = 0
        normalizer.mapAll(of: batch, into: &group) { _, _, document in
            found += 1
            out.removeAll()
            writer.write(document, to: &out)
            if !DocumentText.isJSON(out.bytes) { flaw = Violation("a document is not JSON: \(out.text)") }
        }
        if let flaw { throw flaw }
        try Violation.unless(found == 1, "a record became \(found) documents")
    }
}
