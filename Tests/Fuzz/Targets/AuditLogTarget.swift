import Codecs
import Events
import Intake
import Pipeline
import Platform

/// An exported audit log from its bytes to its documents.
///
/// - Must hold: rows do not overlap, and nothing but line ends lies between them; what is written as cells again is
///   read as the same cells; each row is one document, which is JSON.
final class AuditLogTarget: FuzzTarget {
    private var normalizer = Normalizer(digest: DocumentText.digest)
    private var group = DocumentGroup()
    private var writer = DocumentWriter()
    private var out = ByteBuffer()

    /// - Parameter input: an odd selector puts a header in front, so that the fuzzer need not find one.
    func run(_ input: RawSpan) throws(Violation) {
        let header = input.selector & 1 == 1 ? Array("created_at,event,actor_info,event_info,entity_info\n".utf8) : []
        let file = header + input.payload
        try checkRows(unsafe file.span.bytes)
        var expected = 0
        var found = 0
        var flaw: Violation?
        for batch in FileImport(file, as: .auditLog, tenant: .default).batches {
            expected += batch.entries.count
            normalizer.mapAll(of: batch, into: &group) { _, _, document in
                found += 1
                out.removeAll()
                writer.write(document, to: &out)
                if !DocumentText.isJSON(out.bytes) { flaw = Violation("a document is not JSON: \(out.text)") }
            }
        }
        if let flaw { throw flaw }
        try Violation.unless(found == expected, "\(expected) rows became \(found) documents")
    }

    private func checkRows(_ bytes: RawSpan) throws(Violation) {
        var cursor = CSVCursor(bytes)
        var cells: [CSVCursor.Cell] = []
        var end = bytes.starts(with: "\u{FEFF}") ? 3 : 0
        while let row = cursor.next(in: bytes, cells: &cells) {
            try Violation.unless(row.range.start >= end && row.range.end <= bytes.byteCount, "rows overlap")
            try Violation.unless(Self.isLineEnds(bytes, end..<row.range.start), "bytes between rows are lost")
            end = row.range.end
            if row.flaw == nil { try checkCells(cells, bytes) }
        }
        try Violation.unless(Self.isLineEnds(bytes, end..<bytes.byteCount), "bytes behind the rows are lost")
    }

    private func checkCells(_ cells: [CSVCursor.Cell], _ bytes: RawSpan) throws(Violation) {
        let texts = cells.map { Self.text($0, bytes) }
        // A single empty cell is an empty line.
        guard texts != [[]] else { return }
        var written = ByteBuffer()
        for (place, text) in texts.enumerated() {
            if place > 0 { written.append(UInt8(ascii: ",")) }
            unsafe written.append(csvCell: text.span.bytes)
        }
        let again = written.array
        let span = unsafe again.span.bytes
        // Not with the initializer for files: a byte order mark may be text of a cell.
        var cursor = CSVCursor(ByteRange(0..<again.count))
        var read: [CSVCursor.Cell] = []
        let row = cursor.next(in: span, cells: &read)
        try Violation.unless(row?.flaw == nil && read.map { Self.text($0, span) } == texts, "cells are read otherwise")
    }

    private static func text(_ cell: CSVCursor.Cell, _ bytes: RawSpan) -> [UInt8] {
        var text = ByteBuffer()
        text.append(cell, of: bytes)
        return text.array
    }

    private static func isLineEnds(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        range.allSatisfy { [0x0A, 0x0D].contains(bytes[$0]) }
    }
}
