import Codecs
public import Query
public import Testing

/// What a case in EQL says, and what a reader of events gives for it.
extension ConformanceCase {
    /// Runs the query, and compares.
    public func expectEQL(of reader: some EventReader, at place: SourceLocation = #_sourceLocation) throws {
        var request = EQLRequest(tenant: "default", text: query)
        if let limit = value["limit"]?.integer { request.limit = Int(limit) }
        if let end = value["wants"]?.string { request.wantsLast = end == "tail" }
        if isTrue("case_insensitive") { request.options.letters = .ignored }
        if let field = value["category_field"]?.string { request.options.categoryField = field }
        let clock = TestClock(data.now)
        let answer: EQLAnswer
        do throws(SearchError) {
            answer = try EQLSearch(reader, schema: data.schema, clock: clock).search(request)
        } catch {
            guard case .query(let flaw) = error else { throw error }
            return expect(flaw, at: place)
        }
        guard !isError else {
            Issue.record("\(query)\nis no error", sourceLocation: place)
            return
        }
        if isTrue("accepted") { return }
        #expect(!answer.isPartial, "\(answer.warnings)", sourceLocation: place)
        switch answer.found {
        case .events(let hits): #expect(hits.map(\.id) == ids, "\(query)", sourceLocation: place)
        case .sequences(let sequences):
            let found = sequences.map { $0.events.map { $0?.id } }
            if let ids { return #expect(found.flatMap(\.self) == ids, "\(query)", sourceLocation: place) }
            let wanted = value["sequences"]?.array ?? []
            #expect(
                found == wanted.map { ($0["ids"]?.array ?? []).map { $0.isNull ? nil : $0.string ?? $0.text } },
                "\(query)", sourceLocation: place)
            for (sequence, wanted) in zip(sequences, wanted) {
                guard let keys = wanted["keys"]?.array else { continue }
                #expect(
                    sequence.key.values.map { $0?.text } == keys.map { $0.isNull ? nil : $0.string ?? $0.text },
                    "\(query)", sourceLocation: place)
            }
        }
    }
}
