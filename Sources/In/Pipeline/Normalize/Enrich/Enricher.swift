public import Events

/// Knowledge from outside that belongs into a document: where an address is, what a user agent is.
///
/// The mapping calls it at the place where Elastic's pipelines do it, behind the moves and before the
/// categories.
///
/// - Guarantee: the same answer for the same input as long as the value lives. What is known anew comes as a new value.
public protocol Enricher: Sendable {
    /// Sets `source.geo.*` and `source.as.*`, or nothing.
    ///
    /// - Parameter address: text of an IP address, checked.
    func addPlace(of address: RawSpan, to document: inout Document)

    /// Sets `user_agent.*` except the original, or nothing.
    func addAgent(_ userAgent: RawSpan, to document: inout Document)
}
