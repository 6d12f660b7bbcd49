/// How an answer is written.
public enum AnswerFormat: String, Sendable, CaseIterable {
    case json
    /// One JSON object a line.
    case ndjson
    /// With the names of the columns in its first line.
    case csv

    public var contentType: String {
        switch self {
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}
