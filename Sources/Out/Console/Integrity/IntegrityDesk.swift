public import Events
public import Platform

/// Where it is known, and found out, whether the record is what it was.
///
/// Calls answer on the thread that asks and may read some of the disk. What reads much is begun, and asked for later.
public protocol IntegrityDesk: Sendable {
    /// - Returns: `nil` before there is a log of the tenant.
    func log(of tenant: TenantName) throws(IntegrityProblem) -> LogFacts?

    /// - Returns: what was signed last; `nil` before anything was.
    func checkpoint(of tenant: TenantName) throws(IntegrityProblem) -> ExportReceipt.Checkpoint?

    /// Begins to compare records with what was signed. One comparison runs at a time.
    ///
    /// - Returns: its number.
    func begin(_ wish: CheckWish, of tenant: TenantName, by person: String) throws(IntegrityProblem) -> Int

    /// - Returns: `nil` for one that is not remembered.
    func check(_ number: Int, of tenant: TenantName) -> LogCheck?

    /// Ends a comparison that runs; what it found until then counts for nothing.
    func stop(_ number: Int, of tenant: TenantName)

    /// Looks at one record now.
    ///
    /// - Returns: `nil` when the log has no such record.
    func record(_ sequence: UInt64, of tenant: TenantName) throws(IntegrityProblem) -> RecordFacts?

    /// What proves a record, and what comes of checking that now.
    ///
    /// - Returns: `nil` when the log has no such record yet.
    func proof(of sequence: UInt64, tenant: TenantName) throws(IntegrityProblem) -> EventProof?

    /// Checks what somebody brings: a proof of a record, of records that follow one another, or a checkpoint.
    func verify(_ files: [UploadedFile], of tenant: TenantName) throws(IntegrityProblem) -> ExportVerdict

    /// What should have come of each source within a day, and what did.
    ///
    /// - Parameter waits: whether to wait a little where it is not known yet.
    func coverage(of tenant: TenantName, day: Timestamp, waits: Bool) -> CoverageAnswer
}

extension IntegrityDesk {
    public func checkpoint(of tenant: TenantName) throws(IntegrityProblem) -> ExportReceipt.Checkpoint? {
        guard let log = try log(of: tenant), let last = log.checkpoints.first else { return nil }
        return ExportReceipt.Checkpoint(origin: log.origin, size: last.size, root: last.root)
    }
}

/// Why there is no answer.
public struct IntegrityProblem: Error, Sendable, Equatable {
    public enum Kind: Sendable { case flaw, conflict, unavailable }

    public let kind: Kind
    /// For the person who asked, as a sentence.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    static let withoutIntegrity = IntegrityProblem(.unavailable, "Nothing is proven here.")
}

/// Which records somebody wants compared.
public enum CheckWish: Sendable, Equatable {
    case all
    /// By their numbers in the log; both ends are among them.
    case records(ClosedRange<UInt64>)
    /// By the time at which they were accepted.
    case time(Range<Timestamp>)

    public var words: String {
        switch self {
        case .all: "all records"
        case .records(let numbers): "records \(numbers.lowerBound) to \(numbers.upperBound)"
        case .time(let time):
            "records accepted from \(Numbers.moment(time.lowerBound)) to \(Numbers.moment(time.upperBound))"
        }
    }
}

/// A file that came with a form.
public struct UploadedFile: Sendable, Equatable {
    /// As whoever sent it calls it.
    public let name: String
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}
