import Platform
import Query

/// What a query is written in.
enum QueryLanguage: String, Sendable, CaseIterable {
    case kql, eql, esql

    /// What is wrong with a query: how it is written, or what it asks for.
    func kind(of text: String) -> APIError.Kind { canRead(text) ? .verification : .parsing }

    private func canRead(_ text: String) -> Bool {
        switch self {
        case .kql: (try? KQL.parse(text)) != nil
        case .esql: (try? ESQL.parse(text)) != nil
        case .eql: (try? EQL.parse(text)) != nil
        }
    }
}

extension FieldSchema {
    /// What is wrong with a condition in KQL: how it is written, or what it asks of a field.
    func flaw(inKQL text: String, now: Timestamp) -> QueryError? {
        do throws(QueryError) {
            _ = try KQL.filter(text, schema: self, now: now)
            return nil
        } catch {
            return error
        }
    }
}
