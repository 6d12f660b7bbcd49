import Query

/// The table that a query in ES|QL gives, its texts of content covered until the session asks for them.
struct CoveredTable {
    let answer: ESQLAnswer
    /// Says what is covered.
    let note: Markup

    init(_ query: String, _ answer: ESQLAnswer, _ visit: Visit) {
        let curtain = TableCurtain(query, visit.engine.schema)
        guard curtain.hides(answer), !visit.shows(.table(query: query)) else {
            self.answer = answer
            note = .none
            return
        }
        self.answer = curtain.draw(over: answer)
        note = CoverNote(content: .table(query: query), beginning: "Texts of this table are", visit: visit).markup
    }
}

extension Visit {
    /// What a query in EQL found, as lists show it. Conditions look at what was written, so it is covered behind them.
    func covered(_ answer: EQLAnswer) -> EQLAnswer {
        var shown = answer
        switch answer.found {
        case .events(let hits): shown.found = .events(hits.map(covered.drawn))
        case .sequences(let sequences):
            shown.found = .sequences(
                sequences.map { sequence in
                    var sequence = sequence
                    sequence.events = sequence.events.map { $0.map(covered.drawn) }
                    return sequence
                })
        }
        return shown
    }
}
