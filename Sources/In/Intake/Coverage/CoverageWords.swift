import Events
import Platform

/// What a person reads as the cause of a gap.
enum CoverageWords {
    static let absence = "no server was there"
    static let notRead = "not read yet"

    static func of(_ code: Fault.Code) -> String {
        switch code {
        case .unreachable: "the API could not be reached"
        case .rateLimited: "the requests of the minute were used up"
        case .credentialsRefused: "the key was refused"
        case .requestRefused: "the request was refused"
        case .answerNotUnderstood: "the answer was not understood"
        case .journalBusy: "the journal was full"
        case .diskFull: "the disk was full"
        case .diskFailed: "the disk failed"
        case .recordTooLarge: "a page was too large"
        case .stopping: "the server was stopping"
        }
    }

    static func stopped(_ code: Fault.Code) -> String { of(code) + "; a person must act" }

    /// `silent for 26 h 5 min`
    static func silence(_ span: Timestamp.Span) -> String {
        let minutes = span.nanoseconds / 60_000_000_000
        return "silent for \(minutes / 60) h \(minutes % 60) min"
    }
}

extension Timestamp {
    /// Hours since 1970, and the hour that one of them is.
    static func hour(_ number: Int64) -> Range<Timestamp> {
        let start = Timestamp(nanoseconds: number * Span.hours(1).nanoseconds)
        return start..<start + .hours(1)
    }
}

extension Range<Timestamp> {
    /// The hours that it has a part of.
    var hours: ClosedRange<Int64> {
        FeedPageRecord.hour(
            of: lowerBound)...FeedPageRecord.hour(of: Timestamp(nanoseconds: upperBound.nanoseconds - 1))
    }
}
