/// What somebody does in the simulated organization that a rule should find.
///
/// - Source: families of rules by letter: A who signs in, B roles and keys, C what leaves, D what is let in,
///   E what an agent does, F what goes missing.
enum Attack: String, Sendable, CaseIterable {
    case signInGuessing = "sign-in-guessing"
    case signInSpray = "sign-in-spray"
    case travel
    case protectionOff = "protection-off"
    case domainClaim = "domain-claim"
    case directoryPurge = "directory-purge"
    case adminGrant = "admin-grant"
    case keyElsewhere = "key-elsewhere"
    case networkOpen = "network-open"
    case massExport = "mass-export"
    case publicLink = "public-link"
    case massReading = "mass-reading"
    case complianceKey = "compliance-key"
    case newMCPServer = "new-mcp-server"
    case guardrailOff = "guardrail-off"
    case unknownPlugin = "unknown-plugin"
    case bypass
    case permanentApproval = "permanent-approval"
    case downloadAndRun = "download-and-run"
    case credentialRead = "credential-read"
    case sendOut = "send-out"
    case destruction
    case secretInPrompt = "secret-in-prompt"
    case exfiltration
    case hooksChanged = "hooks-changed"
    case costSpike = "cost-spike"
    case loggingOff = "logging-off"

    /// Families whose rules should find it.
    var families: [String] {
        switch self {
        case .signInGuessing, .signInSpray, .travel, .protectionOff, .domainClaim, .directoryPurge: ["A"]
        case .adminGrant, .keyElsewhere, .networkOpen: ["B"]
        case .massExport, .publicLink, .massReading, .complianceKey: ["C"]
        case .newMCPServer, .guardrailOff, .unknownPlugin: ["D"]
        case .bypass, .permanentApproval, .downloadAndRun, .credentialRead, .sendOut, .destruction, .secretInPrompt,
            .exfiltration, .hooksChanged:
            ["E"]
        case .costSpike: ["F"]
        case .loggingOff: ["F", "D"]
        }
    }

    /// Whether it happens in a session, so that telemetry tells of it; the Activity Feed tells of the others.
    var isInSession: Bool { families == ["E"] || [.newMCPServer, .unknownPlugin, .costSpike].contains(self) }

    /// One time that it happens.
    struct Mark: Sendable, Hashable {
        let attack: Attack
        /// Days since the story began.
        let day: Int
    }
}

/// What does not arrive as it should.
enum Gap: String, Sendable, CaseIterable {
    /// The exporter of one machine sends nothing for an hour; its numbers go on.
    case silentExporter = "silent-exporter"
    /// A few events of a session are lost, so their numbers are missing.
    case sequenceHole = "sequence-hole"
    /// An activity that is listed long after others that were created after it.
    case lateRow = "late-row"
    /// A request that is sent twice, as after an answer that got lost.
    case repeatedExport = "repeated-export"

    struct Mark: Sendable, Hashable {
        let gap: Gap
        let day: Int
    }
}
