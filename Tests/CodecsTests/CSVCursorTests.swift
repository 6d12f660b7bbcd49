import Codecs
import TestKit
import Testing

@Suite struct `Comma-separated rows` {
    private struct Read: Equatable {
        var text: String
        var cells: [String]
        var flaw: CSVCursor.Flaw?
    }

    private func rows(_ bytes: [UInt8]) -> [Read] {
        let span = unsafe bytes.span.bytes
        var cursor = CSVCursor(span)
        var cells: [CSVCursor.Cell] = []
        var rows: [Read] = []
        while let row = cursor.next(in: span, cells: &cells) {
            let texts = cells.map { cell in
                var out = ByteBuffer()
                out.append(cell, of: span)
                return out.text
            }
            rows.append(Read(text: span[row.range].text, cells: texts, flaw: row.flaw))
        }
        return rows
    }

    private func cells(_ text: String) -> [[String]] { rows(Array(text.utf8)).map(\.cells) }

    private static let samples: [(String, [[String]])] = [
        ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
        ("\u{FEFF}a,b\n", [["a", "b"]]),
        ("a,,\n,", [["a", "", ""], ["", ""]]),
        ("\"a,1\",\"say \"\"hi\"\"\",\"\"\n", [["a,1", "say \"hi\"", ""]]),
        ("\"two\nlines\r\n\",x\ny,z", [["two\nlines\r\n", "x"], ["y", "z"]]),
        ("\n\r\n\na\n\n", [["a"]]),
        ("a \"b\" c, d\r,e\r\nf", [["a \"b\" c", " d\r", "e"], ["f"]]),
        ("{'k': \"O'User\"},2", [["{'k': \"O'User\"}", "2"]]),
        ("", []), ("\u{FEFF}", []), ("\n", []),
    ]

    @Test(arguments: samples)
    func `Rows and cells are those of RFC 4180`(text: String, expected: [[String]]) {
        #expect(cells(text) == expected)
        #expect(rows(Array(text.utf8)).allSatisfy { $0.flaw == nil })
    }

    private static let flawed: [(String, [CSVCursor.Flaw?], [String])] = [
        ("a,\"b\nc,d", [.openQuote], ["a,\"b\nc,d"]),
        ("\"a\"b,c\nd,e", [.textBehindQuote, nil], ["\"a\"b,c", "d,e"]),
        ("\"a\" ,b", [.textBehindQuote], ["\"a\" ,b"]),
        ("1,\"x\n2,\"y\"\n3,z", [.textBehindQuote, nil], ["1,\"x\n2,\"y\"", "3,z"]),
    ]

    @Test(arguments: flawed)
    func `A broken row is told, kept whole, and is not the end of the others`(
        text: String, flaws: [CSVCursor.Flaw?], rows expected: [String]
    ) {
        let rows = rows(Array(text.utf8))
        #expect(rows.map(\.flaw) == flaws)
        #expect(rows.map(\.text) == expected)
    }

    @Test func `More cells than anybody has are a flaw and take no memory`() {
        let row = rows(Array(String(repeating: ",", count: 100_000).utf8))[0]
        #expect(row.flaw == .tooManyCells)
        #expect(row.cells.count == CSVCursor.cellLimit)
    }

    @Test func `What is written as cells is read as the same cells`() {
        var dice = Dice(seed: 41)
        for _ in 0..<300 {
            let table = (0...dice.roll(4)).map { _ in (0...dice.roll(5)).map { _ in dice.awkwardText() } }
            var out = ByteBuffer()
            for row in table {
                for (place, cell) in row.enumerated() {
                    if place > 0 { out.append(UInt8(ascii: ",")) }
                    unsafe out.append(csvCell: Array(cell.utf8).span.bytes)
                }
                out.append(text: dice.roll(2) == 0 ? "\n" : "\r\n")
            }
            // A row of one empty cell is an empty line, which is no row.
            let expected = table.filter { $0 != [""] }
            let text = out.text.hasPrefix("\u{FEFF}") ? "\n" + out.text : out.text
            #expect(cells(text) == expected)
        }
    }
}
