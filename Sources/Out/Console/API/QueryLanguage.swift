import Platform
import Query

/// What a query is written in.
enum QueryLanguage: String, Sendable, CaseIterable {
    case kql, eql, esql

    /// What is wrong with a query: how it is written, or what it asks for.
    ///
    /// - Parameter parameters: of ES|QL.
    func kind(of text: String, _ parameters: ESQLParameters = .none) -> APIError.Kind {
        canRead(text, parameters) ? .verification : .parsing
    }

    private func canRead(_ text: String, _ parameters: ESQLParameters) -> Bool {
        switch self {
        case .kql: (try? KQL.parse(text)) != nil
        case .esql: (try? ESQL.parse(text, parameters)) != nil
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
