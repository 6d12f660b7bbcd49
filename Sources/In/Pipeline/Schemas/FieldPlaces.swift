import Events

/// Where the values of each field are in a document, and which of them are used up.
struct FieldPlaces: ~Copyable {
    private var firsts: [Int32]
    private var several: [Bool]
    private var touched: [Int] = []
    private var used: [Bool] = []

    init(fieldCount: Int) {
        firsts = Array(repeating: -1, count: fieldCount)
        several = Array(repeating: false, count: fieldCount)
    }

    mutating func read(_ document: borrowing Document) {
        for field in touched {
            firsts[field] = -1
            several[field] = false
        }
        touched.removeAll(keepingCapacity: true)
        used.removeAll(keepingCapacity: true)
        for index in document.entries.indices {
            used.append(false)
            guard let field = document.entries[index].field else { continue }
            let place = Int(field.index)
            if firsts[place] < 0 {
                firsts[place] = Int32(truncatingIfNeeded: index)
                touched.append(place)
            } else {
                several[place] = true
            }
        }
    }

    /// The first value of a field, or -1.
    func first(_ field: FieldID) -> Int { Int(firsts[Int(field.index)]) }
    func isSeveral(_ field: FieldID) -> Bool { several[Int(field.index)] }
    func isUsed(_ entry: Int) -> Bool { used[entry] }
    mutating func use(_ entry: Int) { used[entry] = true }
}
