import Events
import Network
import Platform
import Query

/// An export in the making: what is known of it before, and the record that gets what is known behind it.
struct ExportSlip: Sendable {
    private let act: ReaderAct
    private let journal: any ReaderJournal
    private let query: String
    private let format: AnswerFormat
    let id: String

    /// - Parameter checkpoint: what was signed last, where that is known.
    init(
        _ query: String, _ language: QueryLanguage, _ format: AnswerFormat, _ reader: Reader,
        _ checkpoint: ExportReceipt.Checkpoint?, _ journal: any ReaderJournal, filter: String = "",
        bounds: TimeBounds = TimeBounds(), columns: [String] = []
    ) {
        id = ReaderAct.newID("export")
        var receipt = ExportReceipt(id: id)
        (receipt.filter, receipt.from, receipt.to) = (filter, bounds.from, bounds.to)
        (receipt.columns, receipt.checkpoint) = (columns, checkpoint)
        // The query is taken as whole as a receipt has it.
        var act = reader.act(.exportReceipt, query, language)
        (act.format, act.export) = (format.rawValue, receipt)
        self.act = act
        self.journal = journal
        self.query = query
        self.format = format
    }

    /// Says that somebody takes it, before anything is given.
    ///
    /// - Returns: false when that cannot be kept: then nothing may be given.
    func begin() -> Bool {
        var act = act
        act.action = .export
        // Cut as queries of all other acts are.
        act.query = query
        return journal.keep(act)
    }

    /// Says what the file is, before the last of it is given.
    ///
    /// - Returns: false when that cannot be kept: then the file must not end as if it were whole.
    func seal(_ file: ExportReceipt.File, isCut: Bool) -> Bool {
        var act = act
        act.export?.file = file
        act.export?.isCut = isCut
        return journal.keep(act)
    }

    /// Says what a file is that was made whole.
    ///
    /// - Throws: when that cannot be kept.
    func sealed(_ response: HTTPResponse, rows: Int, isCut: Bool) throws(SearchError) -> HTTPResponse {
        guard seal(ExportTally.file(response.body, rows: rows), isCut: isCut) else {
            throw .failed(APIError.unrecorded.message)
        }
        return response
    }

    /// Says that there will be no whole file.
    func breakOff() {
        var act = act
        act.failure = "the export did not come to its end"
        journal.record(act)
    }

    // MARK: Beside the file

    /// - Shape: `docket-2026-10-08T081518-export_….csv`, so that whoever has a file finds its receipt.
    func name(_ beginning: String) -> String { "\(beginning)-\(id).\(format.rawValue)" }

    /// Of what a query found.
    func name(at time: Timestamp) -> String {
        name("docket-\(RFC3339.text(time).replacing(":", with: "").prefix(17))")
    }

    /// An event of this kind that somebody else sent may have any id.
    static func fileName(of id: String) -> String {
        "receipt-" + id.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.prefix(80)
    }

    var address: LocalAddress { LocalAddress("/exports", segments: [id]) }

    /// Says in the head of the answer what the file is called and where its receipt is.
    func mark(_ response: HTTPResponse, name: String) -> HTTPResponse {
        response.with("content-disposition", "attachment; filename=\"\(name)\"").with("docket-export", id)
            .with("link", "<\(address.text)>; rel=\"describedby\"")
    }
}
