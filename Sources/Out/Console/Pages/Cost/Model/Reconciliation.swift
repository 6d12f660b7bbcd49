/// What telemetry and a report of Anthropic say of the same person's cost, and why they may differ.
struct Reconciliation: Equatable {
    let person: String
    /// What clients reckoned.
    let telemetry: Double?
    /// What the report says.
    let report: Double?

    /// A smaller part is not worth a reason: reports round, and a day ends in UTC.
    static let tolerance = 0.05

    enum Finding: String {
        case agree, onlyTelemetry, onlyReport, telemetryLess, telemetryMore

        var words: String {
            switch self {
            case .agree: "they agree"
            case .onlyTelemetry:
                "only in telemetry: sessions with an API key are not in this report, or it has not come yet"
            case .onlyReport: "only in the report: no client of this person sends telemetry here"
            case .telemetryLess: "telemetry has less: some clients send nothing, or events are missing"
            case .telemetryMore:
                "telemetry has more: clients reckon with list prices, or sessions are billed elsewhere"
            }
        }
    }

    var difference: Double { (telemetry ?? 0) - (report ?? 0) }

    var finding: Finding {
        guard let telemetry, telemetry > 0 else { return report ?? 0 > 0 ? .onlyReport : .agree }
        guard let report, report > 0 else { return .onlyTelemetry }
        if difference.magnitude <= Self.tolerance * max(telemetry, report) { return .agree }
        return difference < 0 ? .telemetryLess : .telemetryMore
    }
}
