import Events
public import Network
public import Platform

/// Whether a key can do what a feed needs: what kind it is, what it may read, how many requests are left.
public enum FeedCheck {
    public struct Finding: Sendable, Equatable {
        /// Whether the feed can be read as far as this goes.
        public let isGood: Bool
        /// A sentence, with the remedy where there is need of one.
        public let text: String
    }

    /// Asks the API, with up to three requests. For threads of one's own.
    public static func run(_ configuration: FeedConfiguration, client: HTTPClient, at now: Timestamp) -> [Finding] {
        var findings = [kind(configuration.key.kind)]
        let place = FeedQuestion.Place.window(from: now - .hours(1), until: now - .minutes(1), after: nil)
        let question = FeedQuestion(place: place, filters: configuration.filters, limit: 1)
        do throws(HTTPClientError) {
            let response = try client.sendBlocking(configuration.request(question.target))
            findings.append(feed(response, configuration.key.kind, now))
            findings += budget(response)
        } catch {
            findings.append(Finding(isGood: false, text: words(FeedAnswer.read(error))))
        }
        guard configuration.key.kind == .complianceAccess, findings.allSatisfy(\.isGood) else { return findings }
        return findings + others.map { scope($0, configuration, client) }
    }

    private static func kind(_ kind: FeedKey.Kind) -> Finding {
        switch kind {
        case .complianceAccess:
            Finding(
                isGood: true,
                text: "\(kind.rawValue): made in claude.ai by an organization with the plan Claude Enterprise.")
        case .admin:
            Finding(
                isGood: true,
                text: "\(kind.rawValue): made in the Claude Console; reads the Activity Feed and nothing else here.")
        case .claude, .unknown: Finding(isGood: false, text: "\(kind.rawValue). \(Fault.keyHelp)")
        }
    }

    private static func feed(_ response: HTTPResponse, _ key: FeedKey.Kind, _ now: Timestamp) -> Finding {
        let answer = FeedAnswer.read(response, key: key, at: now)
        guard case .page = answer else { return Finding(isGood: false, text: words(answer)) }
        return Finding(isGood: true, text: "May read the Activity Feed.")
    }

    private static func words(_ answer: FeedAnswer) -> String {
        switch answer {
        case .page: ""
        case .invalid: Fault.invalidRequest.detail
        case .fault(let fault, _): fault.detail
        }
    }

    private static func budget(_ response: HTTPResponse) -> [Finding] {
        guard let limit = response.headers["anthropic-ratelimit-requests-limit"].flatMap({ Int($0) }),
            let left = response.headers["anthropic-ratelimit-requests-remaining"].flatMap({ Int($0) })
        else { return [] }
        return [
            Finding(
                isGood: true,
                text: "\(left) of \(limit) requests of this minute are left to all keys of the parent organization.")
        ]
    }

    // MARK: Scopes

    /// Scopes that other sources than the feed need, and a request each that tells whether the key has it.
    private static let others = [
        (scope: "read:compliance_org_data", target: "/v1/compliance/organizations?limit=1"),
        (scope: "read:compliance_user_data", target: "/v1/compliance/apps/chats?limit=1"),
    ]

    /// The feed does without it, so its lack is no fault.
    private static func scope(
        _ other: (scope: String, target: String), _ configuration: FeedConfiguration, _ client: HTTPClient
    ) -> Finding {
        let status: Int?
        do throws(HTTPClientError) {
            status = try client.sendBlocking(configuration.request(other.target)).status
        } catch {
            status = nil
        }
        let text =
            switch status {
            case 200: "Has the scope \(other.scope)."
            case 403: "Does not have the scope \(other.scope), which the feed does not need."
            default:
                "Whether it has the scope \(other.scope) cannot be told (\(status.map { "\($0)" } ?? "no answer"))."
            }
        return Finding(isGood: true, text: text)
    }
}
