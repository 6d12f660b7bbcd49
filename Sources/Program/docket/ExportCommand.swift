import Events
import Integrity
import Platform
import Server

/// `docket export verify`: whether a file is the one that a receipt tells of.
struct ExportCommand: Command {
    static let name = "export"
    static let summary = "Check a file that was exported from the console with its receipt."
    static let help = """
        docket export verify FILE RECEIPT

        FILE      what was exported: CSV or NDJSON, every byte as it came
        RECEIPT   its receipt, from the console under /exports; `-` is standard input

        Says whether the file is the one that the receipt tells of, and what the receipt says: who took what, when,
        and how many rows. No server is asked, and no key is needed: that the receipt itself is genuine is shown by the
        proof of its record (`docket-verify record`), or by the integrity page, which takes both files.

        Exit: 0 it is, 1 it is not, 2 could not tell
        """

    private let file: String
    private let receipt: String

    init(_ words: inout Words) throws {
        guard let what = words.first() else { throw WrongUse("say what to do: verify") }
        guard what == "verify" else {
            throw WrongUse("there is no `docket export \(what)`\(Words.didYouMean(what, ["verify"]))")
        }
        let files = try words.rest()
        guard files.count == 2 else { throw WrongUse("verify takes a file and its receipt") }
        (file, receipt) = (files[0], files[1])
    }

    func run(_ terminal: Terminal) -> ExitCode {
        do {
            guard let told = ExportReceiptFile(try Input.bytes(receipt, limit: 1 << 20)) else {
                terminal.error("docket export: \(receipt) is no receipt of a whole export")
                return .couldNot
            }
            try told.compare(try Input.bytes(file))
            terminal.out("\(file) is the export \(told.id).")
            for fact in told.facts { terminal.out(Self.visible(fact)) }
            if let record = told.record {
                terminal.out("That the receipt is genuine, the proof of record \(record) shows.")
            }
            return .done
        } catch ProofRefusal.changed(let why) {
            terminal.out("\(file) is not what was exported: \(why).")
            return .refuted
        } catch {
            terminal.error("docket export: \(error)")
            return .couldNot
        }
    }

    /// A query is text that anybody may have written; a terminal must not obey it.
    private static func visible(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "\u{FFFD}" : $0 }))
    }
}
