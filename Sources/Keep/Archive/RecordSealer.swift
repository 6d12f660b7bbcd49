public import ArchiveFormat
import CContent
import Codecs
public import Events
public import Integrity

/// Makes lines of records, and records of lines.
///
/// - Threads: one at a time for each value.
public struct RecordSealer: ~Copyable {
    /// Records and what belongs to them; a request is 16 MiB at the most.
    private static let textLimit = 64 << 20

    /// The dictionary of version 1 of what is sealed. Another dictionary is another version.
    private static let dictionary: ZstandardDictionary = {
        let content = unsafe docket_content_archive_dictionary()
        return unsafe ZstandardDictionary(Array(UnsafeBufferPointer(start: content.start, count: content.count)))
    }()

    private let seal = RecordSeal()
    private let compressor = ZstandardCompressor(level: 3)
    private let decompressor = ZstandardDecompressor()
    private var text = ByteBuffer(capacity: 4_096)
    private var packed = ByteBuffer(capacity: 4_096)

    public init() {}

    /// - Parameter seed: `nil` when it was forgotten, and the record with it.
    /// - Returns: `nil` when the bytes are no leaf.
    public mutating func line(
        of index: Int, in batch: RecordBatch, leaf: [UInt8], seed: ContentSeed?
    ) -> ArchiveLine? {
        let kind = batch.entries[index].kind.rawValue
        guard let seed, batch.entries[index].encoding != .erased else {
            return ArchiveLine(leafBytes: leaf, content: .init(kind: kind, source: batch.source.text, sealed: nil))
        }
        text.removeAll()
        RecordText.write(index, of: batch, to: &text)
        packed.removeAll()
        Self.compress(text, compressor, to: &packed)
        let sealed = seal.seal(packed.bytes, seed: seed, leaf: leaf)
        return ArchiveLine(leafBytes: leaf, content: .init(kind: kind, source: batch.source.text, sealed: sealed))
    }

    private static func compress(
        _ text: borrowing ByteBuffer, _ compressor: borrowing ZstandardCompressor, to packed: inout ByteBuffer
    ) {
        compressor.compress(text.bytes, with: dictionary, to: &packed)
    }

    /// - Returns: `nil` when it is not what was sealed.
    public borrowing func open(_ sealed: [UInt8], leaf: [UInt8], seed: ContentSeed) -> RecordText? {
        let bytes = unsafe sealed.span.bytes
        guard let packed = seal.open(bytes, seed: seed, leaf: leaf),
            let text = try? decompressor.decompress(
                unsafe packed.span.bytes, with: Self.dictionary, limit: Self.textLimit)
        else { return nil }
        return RecordText(text)
    }
}
