import Platform

/// Things that wait for their moment. Those of one moment come out as they went in.
struct TimeHeap<Item: Sendable>: Sendable {
    private var entries: [(time: Timestamp, order: Int, item: Item)] = []
    private var added = 0

    var count: Int { entries.count }
    var first: Timestamp? { entries.first?.time }

    mutating func add(_ item: Item, at time: Timestamp) {
        entries.append((time, added, item))
        added += 1
        var place = entries.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() -> (time: Timestamp, item: Item)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if entries.isEmpty { return (first.time, first.item) }
        entries[0] = last
        var place = 0
        while true {
            let left = 2 * place + 1
            guard left < entries.count else { break }
            let child = left + 1 < entries.count && isBefore(left + 1, left) ? left + 1 : left
            guard isBefore(child, place) else { break }
            entries.swapAt(child, place)
            place = child
        }
        return (first.time, first.item)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (entries[left], entries[right])
        return one.time == other.time ? one.order < other.order : one.time < other.time
    }
}
