public import Platform

/// Why somebody is not let in.
public struct AdmissionRefusal: Error, Sendable, Equatable {
    /// - Shape: a small closed set; the words are labels of a metric.
    public enum Reason: String, Sendable, CaseIterable {
        /// Nothing was shown.
        case missing
        /// What was shown is no credential, or cannot be read.
        case unknown
        case expired
        case revoked
        /// It may not be used for this.
        case use
        /// Header and client certificate are of different tenants.
        case tenant
        /// More requests than the credential or its tenant may send.
        case rate
        /// Too many secrets that are costly to check were shown.
        case busy
    }

    public let reason: Reason
    /// What it was to be used for.
    public let use: Credential.Use
    /// When another try makes sense; only with `rate` and `busy`.
    public let retryAfter: Timestamp.Span?

    public init(_ reason: Reason, for use: Credential.Use, retryAfter: Timestamp.Span? = nil) {
        self.reason = reason
        self.use = use
        self.retryAfter = retryAfter
    }

    /// For the person who configured the client. It tells nothing of what was shown.
    public var message: String {
        switch reason {
        case .missing: "A credential is needed: Authorization with Bearer or Basic, x-api-key, or a client certificate."
        case .unknown: "The credential is not known."
        case .expired: "The credential has expired; ask for a new one."
        case .revoked: "The credential was revoked; ask for a new one."
        case .use where use == .search: "The credential may not search; ask for one with the use search."
        case .use where use == .hold:
            "The credential may not see or approve legal holds; ask for one with the use hold."
        case .use: "The credential may not send \(use.rawValue); ask for one with the use \(use.rawValue)."
        case .tenant: "The credential and the client certificate are of different tenants; show one of them."
        case .rate: "More requests than the credential or its tenant may send; send it again later."
        case .busy: "Too many credentials are being checked; try again later."
        }
    }
}
