import Events
import Query

/// What somebody may see, and what the record says of it.
extension Console {
    /// The engine, with content or without.
    func engine(for reader: Reader) -> any QueryEngine {
        reader.viewer.may(.content)
            ? engine : CurtainedEngine(engine: engine, showsQueries: reader.viewer.may(.queries))
    }

    /// The engine of pages: what was written is covered, whatever the role.
    func covered(for reader: Reader) -> CurtainedEngine {
        CurtainedEngine(engine: engine, showsQueries: reader.viewer.may(.queries), cover: .size)
    }

    func record(_ action: ReaderAct.Action, _ query: String, _ language: QueryLanguage, _ reader: Reader) {
        journal.record(reader.act(action, query, language))
    }

    // MARK: What must not happen unrecorded. On a thread that may wait.

    /// - Returns: why an event may not be shown; `nil` when it may.
    func flaw(showing hit: SearchHit, _ reader: Reader) -> APIError? {
        journal.allow(reader.showing(hit)) ? nil : .unrecorded
    }

    /// What a program asks for: as a page of JSON a search, as lines a file, which needs the right to take one and gets a
    /// receipt.
    ///
    /// - Returns: the slip of a file, `nil` for a page and where the record leaves out what programs read; or why it may not be
    ///   taken.
    func slip(
        taking query: String, _ language: QueryLanguage, _ format: AnswerFormat, _ reader: Reader,
        filter: String = "", bounds: TimeBounds, columns: [String] = []
    ) -> Result<ExportSlip?, APIError> {
        guard format != .json else {
            record(.search, query, language, reader)
            return .success(nil)
        }
        guard reader.viewer.may(.export) else { return .failure(APIError(Access.Refusal.role(.export))) }
        guard journal.wants(reader.act(.export)) else { return .success(nil) }
        let slip = ExportSlip(
            query, language, format, reader, checkpoint(of: reader), journal, filter: filter, bounds: bounds,
            columns: columns)
        return slip.begin() ? .success(slip) : .failure(.unrecorded)
    }

    /// The values of a field of content are content.
    func flaw(counting field: String, _ reader: Reader) -> APIError? {
        let name = engine.schema.field(named: field)?.name ?? field
        guard reader.viewer.may(.content) || !ContentCurtain.isContent(name) else {
            return APIError(Access.Refusal.role(.content))
        }
        return nil
    }
}

extension APIError {
    static let unrecorded = APIError(
        .unavailable, "It cannot be recorded now that somebody looks, so nothing is shown; try again in a moment.")
}
