import Codecs
import Network
import Platform
import Query

/// Says whether a query can be read, while it is being typed. Nothing is looked at for it.
extension Console {
    func parse(_ request: HTTPRequest) -> HTTPResponse {
        let text = request.query("q") ?? ""
        let language = request.query("l").flatMap { QueryLanguage(rawValue: $0) } ?? .kql
        guard let flaw = flaw(in: text, language) else { return APIAnswer.json(["ok": true]) }
        return APIAnswer.json([
            "ok": false, "line": .integer(Int64(flaw.line)), "column": .integer(Int64(flaw.column)),
            "message": .string(flaw.description), "shown": .string(flaw.rendered(in: SourceText(text))),
        ])
    }

    private func flaw(in text: String, _ language: QueryLanguage) -> QueryError? {
        guard !text.isEmpty else { return nil }
        do throws(QueryError) {
            switch language {
            case .kql: return engine.schema.flaw(inKQL: text, now: clock.now())
            case .esql: _ = try ESQL.parse(text)
            case .eql: _ = try EQL.parse(text)
            }
            return nil
        } catch {
            return error
        }
    }
}
