import Platform

/// Working memory that waits for its next use, so that a pattern can be asked by many threads and learns from all.
///
/// - Threads: any.
final class Idle<Item: Sendable>: Sendable {
    /// More threads than this at a time make theirs anew.
    private static var limit: Int { 4 }

    private let items = Locked<[Item]>([])

    func take() -> Item? { items.withLock { $0.popLast() } }

    func give(_ item: Item) {
        items.withLock { if $0.count < Self.limit { $0.append(item) } }
    }
}
