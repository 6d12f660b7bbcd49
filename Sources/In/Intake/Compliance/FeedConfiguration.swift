public import Events
public import Network
public import Platform

/// One poller of the Activity Feed: whose key, how often, how far back.
///
///     sources:
///       - kind: compliance
///         name: anthropic-feed
///         key_file: /run/secrets/compliance-key
///         interval: 60s
///
/// - Source: *Compliance API*, platform.claude.com/docs/en/api/compliance/activities/list, 2026-08-21.
public struct FeedConfiguration: Sendable {
    /// The word for this poller in metrics, journal and documents. The bookmark is kept under it, so a new
    /// name starts from the beginning.
    ///
    /// - Key: `name`   - Default: `anthropic-feed`
    public var name: SourceName = "anthropic-feed"

    /// Whose data it is.
    ///
    /// - Key: `tenant`   - Default: `default`
    public var tenant = TenantName.default

    /// Where the API is, without a slash at the end.
    ///
    /// - Key: `url`   - Shape: `https://host[:port]`, or `http` for tests   - Default: `https://api.anthropic.com`
    public var url = "https://api.anthropic.com"

    /// The key that is sent as `x-api-key`.
    ///
    /// - Key: `key_file` or `key_environment`: keys are pointed at, never written into the configuration
    public var key: FeedKey

    /// Time from the start of one look to the start of the next.
    ///
    /// - Key: `interval`   - Range: 5 s … 1 h   - Default: 60 s
    public var interval = Timestamp.Span.seconds(60)

    /// How far back the very first look goes. The API keeps six years.
    ///
    /// - Key: `initial_interval`   - Range: 1 min … 2,192 d   - Default: 24 h
    public var initialInterval = Timestamp.Span.hours(24)

    /// How long an activity may take until it can be queried. Windows of time end that long before now.
    ///
    /// - Key: `settle`   - Range: 0 … 10 min   - Default: 60 s
    public var settle = Timestamp.Span.seconds(60)

    /// How much of the past is asked for again, because activities may appear behind those that were read
    /// already. One that is late by no more than this and ``settle`` together is found.
    ///
    /// - Key: `overlap`   - Range: 0 (never ask again) … 2 d   - Default: 10 min
    public var overlap = Timestamp.Span.minutes(10)

    /// How often the overlap is asked for. What is found does not depend on it, only how soon. It is asked for
    /// at every look while ``rememberedIDs`` is more than half used.
    ///
    /// - Key: `overlap_interval`   - Range: 5 s … 1 d   - Default: 5 min
    public var overlapInterval = Timestamp.Span.minutes(5)

    /// How far back activities of Access Transparency are looked for, which may be listed two business days late.
    ///
    /// - Key: `look_back`   - Range: 0 (never) … 14 d   - Default: 4 d, for there may be a weekend between
    public var lookBack = Timestamp.Span.days(4)

    /// How often that is done. It reads all of that time, and gives way to everything else.
    ///
    /// - Key: `look_back_interval`   - Range: 1 min … 7 d   - Default: 12 h
    public var lookBackInterval = Timestamp.Span.hours(12)

    /// Ids that are remembered to tell late activities from known ones, eight bytes each. An organization
    /// with more activities than this within ``overlap`` gets a shorter overlap, which is counted.
    ///
    /// - Key: `remembered_ids`   - Range: 100 … 200,000   - Default: 20,000
    public var rememberedIDs = 20_000

    /// Activities of one page.
    ///
    /// - Key: `batch_size`   - Range: 1 … 5,000   - Default: 1,000
    public var batchSize = 1_000

    /// Requests of this poller. The API allows 600 a minute for a parent organization, over all its keys.
    ///
    /// - Key: `requests_per_minute`   - Range: 1 … 600   - Default: 300
    public var requestsPerMinute = 300

    /// The parent organization, by any word. Feeds of one word share its requests.
    ///
    /// - Key: `parent`   - Default: the tenant and the host, which is right for all keys of one organization
    public var parent: String?

    /// Only these types are kept. Told apart here, for the server refuses names that it does not know.
    ///
    /// - Key: `activity_types`   - Default: all
    public var activityTypes: [String] = []

    /// Only what these people did; ids that begin with `user_`.
    ///
    /// - Key: `actor_ids`   - Default: all
    public var actorIDs: [String] = []

    /// Only these organizations; `org_…` or UUID. Activities without an organization come in any case.
    ///
    /// - Key: `organization_ids`   - Default: all
    public var organizationIDs: [String] = []

    /// What becomes of the activities that say only that Docket asked for activities.
    public enum SelfNoise: String, Sendable, CaseIterable {
        /// They are kept as all others.
        case keep
        /// Docket's own are only counted. They are told by the ids of its requests; what others asked is kept.
        case count
        /// The server leaves out all calls of the Compliance API, also those of others.
        case drop
    }

    /// - Key: `self_noise`   - Default: `keep`
    public var selfNoise = SelfNoise.keep

    /// How often the directory is looked at: organizations, people, roles, groups and settings, to tell what changed.
    /// It needs a Compliance Access Key.
    ///
    /// - Key: `directory`   - Range: 1 min … 7 d   - Default: never
    public var directoryInterval: Timestamp.Span?

    /// How often chats are listed: whose, when, with which model; never what was said.
    ///
    /// - Key: `chats`   - Range: 1 min … 7 d   - Default: never
    public var chatsInterval: Timestamp.Span?

    /// How often sessions are listed, those on people's machines and those in the cloud.
    ///
    /// - Key: `sessions`   - Range: 1 min … 7 d   - Default: never
    public var sessionsInterval: Timestamp.Span?

    /// Whether the names of chats and the titles of sessions are kept, looked through as all content.
    ///
    /// - Key: `titles`   - Default: no
    public var keepsTitles = false

    /// How long one page may take.
    ///
    /// - Key: `timeout`   - Range: 1 s … 10 min   - Default: 120 s
    public var timeout = Timestamp.Span.seconds(120)

    /// Sent as `anthropic-version`.
    ///
    /// - Key: `anthropic_version`   - Default: `2023-06-01`
    public var anthropicVersion = "2023-06-01"

    /// Whom to trust, where it is not the system's list.
    ///
    /// - Key: `tls`   - Default: the system's authorities
    public var tls = TLSClientOptions()

    public init(key: FeedKey) { self.key = key }

    /// A value that cannot be used.
    public struct Problem: Sendable, Equatable {
        public let key: String
        /// What is allowed.
        public let message: String
    }

    /// Everything that is outside its range. The program starts only when there is nothing.
    public var problems: [Problem] {
        var found: [Problem] = []
        func check(_ isGood: Bool, _ key: String, _ message: String) {
            if !isGood { found.append(Problem(key: key, message: message)) }
        }
        let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
        check(isWeb && !url.hasSuffix("/"), "url", "must be an address such as https://api.anthropic.com")
        check(!key.isEmpty, "key_file", "must hold a key")
        check((.seconds(5) ... .hours(1)).contains(interval), "interval", "must be 5s to 1h")
        check((.minutes(1) ... .days(2_192)).contains(initialInterval), "initial_interval", "must be 1m to 2192d")
        check((.seconds(0) ... .minutes(10)).contains(settle), "settle", "must be 0s to 10m")
        check((.seconds(0) ... .days(2)).contains(overlap), "overlap", "must be 0s to 2d")
        check((.seconds(5) ... .days(1)).contains(overlapInterval), "overlap_interval", "must be 5s to 1d")
        check((.seconds(0) ... .days(14)).contains(lookBack), "look_back", "must be 0s to 14d")
        check((.minutes(1) ... .days(7)).contains(lookBackInterval), "look_back_interval", "must be 1m to 7d")
        check((100...200_000).contains(rememberedIDs), "remembered_ids", "must be 100 to 200000")
        check((1...5_000).contains(batchSize), "batch_size", "must be 1 to 5000")
        check((1...600).contains(requestsPerMinute), "requests_per_minute", "must be 1 to 600")
        for (name, interval) in [
            ("directory", directoryInterval), ("chats", chatsInterval), ("sessions", sessionsInterval),
        ] {
            guard let interval else { continue }
            check((.minutes(1) ... .days(7)).contains(interval), name, "must be 1m to 7d")
            check(
                key.kind != .admin, name,
                "needs a Compliance Access Key (sk-ant-api01-…); an Admin API key reads the Activity Feed alone")
        }
        check((.seconds(1) ... .minutes(10)).contains(timeout), "timeout", "must be 1s to 10m")
        return found
    }

    var filters: FeedFilters {
        FeedFilters(
            activityTypes: activityTypes, actorIDs: actorIDs, organizationIDs: organizationIDs,
            hasNoCalls: selfNoise == .drop)
    }

    /// What is listed, and how often.
    public var listings: [(kind: ListedKind, interval: Timestamp.Span)] {
        ListedKind.allCases.compactMap { kind in
            (kind == .chat ? chatsInterval : sessionsInterval).map { (kind, $0) }
        }
    }

    /// Feeds of one budget have the same.
    public var budgetName: String { "\(host) \(parent ?? tenant.text)" }
}
