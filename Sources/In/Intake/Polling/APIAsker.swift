import Codecs
import Events
import Network
import Platform

/// Asks the Compliance API for what has time: again and again where that can help, and only with what the Activity
/// Feed leaves of the requests of its organization.
struct APIAsker: Sendable {
    private let means: PollerMeans
    private let requests: Counter
    private let faults: FaultCounters
    private var pace: FeedPace
    /// Requests so far.
    private(set) var count = 0
    private(set) var lastRequestID: String?

    /// Tries of one request, so that whatever asks comes to an end.
    private static let mostTries = 8

    init(
        _ feed: FeedConfiguration, with means: PollerMeans, requests: Counter, faults: FaultCounters,
        requestsPerMinute: Int = 60
    ) {
        self.means = means
        self.requests = requests
        self.faults = faults
        pace = FeedPace(requestsPerMinute: min(requestsPerMinute, feed.requestsPerMinute))
    }

    /// Counts from zero again.
    mutating func begin() { (count, lastRequestID) = (0, nil) }

    /// Asks until there is an answer, or it makes no sense any more.
    ///
    /// - Parameter hasOwnBudget: whether a refusal because of too many requests says nothing of those of others.
    /// - Returns: `nil` when it is time to end.
    mutating func ask<Answer>(
        _ request: HTTPClientRequest, hasOwnBudget: Bool = false, read: (HTTPResponse) -> Result<Answer, Fault>
    ) async -> Result<Answer, Fault>? {
        var tries = 0
        while true {
            guard await mayAsk() else { return nil }
            tries += 1
            let answer = await send(request).flatMap(read)
            guard !Task.isCancelled else { return nil }
            guard case .failure(let fault) = answer, case .again(let wish) = fault.remedy else {
                pace.succeeded()
                return answer
            }
            guard tries < Self.mostTries else { return answer }
            faults.count(fault)
            if fault.code == .rateLimited, !hasOwnBudget {
                means.budget.pause(until: means.clock.steady() + (wish ?? FeedPace.shortest))
            }
            guard await means.wait(pace.failed(wish: wish, chance: means.chance())) else { return nil }
        }
    }

    /// Waits until a request may be sent: by the pace of those that have time, and by what the feed leaves of the
    /// minute.
    ///
    /// - Returns: false when it is time to end.
    private mutating func mayAsk() async -> Bool {
        guard await means.wait(pace.take(at: means.clock.steady())) else { return false }
        while true {
            switch means.budget.take(at: means.clock.steady(), isBacklog: true) {
            case .go(let span): return await means.wait(span)
            case .later(let span): guard await means.wait(span) else { return false }
            }
        }
    }

    private mutating func send(_ request: HTTPClientRequest) async -> Result<HTTPResponse, Fault> {
        requests.add()
        count += 1
        do throws(HTTPClientError) {
            let response = try await means.client.send(request)
            means.budget.learn(response, at: (means.clock.now(), means.clock.steady()))
            lastRequestID = response.headers["request-id"].map { String($0.prefix(64)) }
            return .success(response)
        } catch {
            // The same would be too large again.
            return .failure(error.kind == .tooLarge ? .answerTooLarge(request.responseBytes) : Fault(error))
        }
    }
}

extension Fault {
    static func answerTooLarge(_ most: Int) -> Fault {
        Fault(.recordTooLarge, .aside, "An answer of the Compliance API is larger than \(most) bytes.")
    }
}

extension RecordSink {
    /// Waits until the journal has it. A busy journal is asked again.
    ///
    /// - Returns: false when it is time to end.
    func append(
        _ batch: RecordBatch, with means: PollerMeans, faults: FaultCounters
    ) async throws(Fault) -> Bool {
        var pauses = FeedPace(requestsPerMinute: 1)
        return try await append(batch) { fault in
            faults.count(fault)
            return await means.wait(pauses.failed(wish: fault.wish, chance: means.chance()))
        }
    }
}

extension RecordBatch {
    /// Adds a record that is JSON and came from the only context.
    mutating func append(_ record: [UInt8], _ kind: RecordKind) {
        entries.append(
            .init(
                kind: kind, encoding: .json, context: 0,
                range: ByteRange(start: storage.count, count: record.count)))
        storage += record
    }
}
