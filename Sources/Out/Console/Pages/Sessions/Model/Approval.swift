/// Who or what let a call of a tool happen, or refused it.
struct Approval: Sendable, Equatable {
    enum Approver: Sendable, Equatable {
        /// A rule in some settings.
        case rule
        case hook
        case personOnce
        case personForEver
        case personAborted
        /// The permission mode of the session.
        case mode(String)
        /// A word that this version does not know.
        case other(String)
        /// Nothing tells.
        case unknown
    }

    /// `nil` when no event says how it was decided.
    let isAllowed: Bool?
    let approver: Approver

    /// - Parameters:
    ///   - mode: of the session at that moment; `nil` when nothing has told it.
    ///   - tool: some modes let only some tools run.
    init(decision: String?, decider: String?, mode: String?, tool: String?) {
        isAllowed = decision == "accept" ? true : decision == "reject" ? false : nil
        switch decider {
        case "config":
            approver = isAllowed == true && Self.lets(tool, in: mode) ? .mode(mode ?? "") : .rule
        case "hook": approver = .hook
        case "user_temporary": approver = .personOnce
        case "user_permanent": approver = .personForEver
        case "user_reject": approver = .personOnce
        case "user_abort": approver = .personAborted
        case let word?: approver = .other(word)
        case nil: approver = .unknown
        }
    }

    /// Clients say `config` for what a mode allows as well as for what a rule does.
    private static func lets(_ tool: String?, in mode: String?) -> Bool {
        switch mode {
        case "bypassPermissions", "auto": true
        case "acceptEdits": ["Edit", "Write", "MultiEdit", "NotebookEdit"].contains(tool)
        default: false
        }
    }

    /// Whether a person decided, at the moment or once for all later calls.
    var isByPerson: Bool {
        switch approver {
        case .personOnce, .personForEver, .personAborted: true
        case .rule, .hook, .mode, .other, .unknown: false
        }
    }

    var words: String {
        switch approver {
        case .rule: "rule in settings"
        case .hook: "hook"
        case .personOnce: "person, once"
        case .personForEver: "person, for ever"
        case .personAborted: "person, by stopping it"
        case .mode(let mode): "mode \(mode)"
        case .other(let word): word
        case .unknown: "not told"
        }
    }
}

/// How far a permission mode lets an agent go.
enum PermissionMode {
    /// From the strictest to the one that asks for nothing.
    static let all = ["plan", "default", "acceptEdits", "auto", "bypassPermissions"]

    static func rank(of mode: String) -> Int? { all.firstIndex(of: mode) }

    static func name(ofRank rank: Int?) -> String? {
        guard let rank, all.indices.contains(rank) else { return nil }
        return all[rank]
    }

    /// ES|QL: the rank of what an expression names.
    static func rank(of expression: String) -> String {
        let cases = all.enumerated().map { "\(expression) == \"\($1)\", \($0)" }.joined(separator: ", ")
        return "CASE(\(cases), NULL)"
    }
}
