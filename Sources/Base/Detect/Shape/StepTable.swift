import Codecs

/// The steps of many patterns in one piece of memory.
///
/// - Threads: any; nothing changes after `init`.
@safe final class StepTable: @unchecked Sendable {
    /// What matched: where it ends, and the part in parentheses, if there are any.
    struct Match {
        let end: Int
        let value: Range<Int>?
    }

    /// Where the steps of one alternative are.
    struct Place: Sendable {
        let first: Int32
        let count: Int32
        /// Steps in front of the opening and the closing parenthesis; -1 for none.
        let opening: Int32
        let closing: Int32
    }

    // Proof for @unchecked: nothing changes the memory after `init`.
    private let steps: UnsafeMutablePointer<Step>
    private let count: Int

    private struct Step {
        let set: (UInt64, UInt64, UInt64, UInt64)
        let least: Int
        let most: Int
    }

    /// - Parameter places: where the steps of each alternative are, in the order of `shapes`.
    init(_ shapes: [Shape], places: inout [[Place]]) {
        var all: [Step] = []
        for shape in shapes {
            places.append(
                shape.sequences.map { sequence in
                    let first = all.count
                    for step in sequence.steps {
                        let words = step.set.words
                        all.append(
                            Step(set: (words[0], words[1], words[2], words[3]), least: step.least, most: step.most))
                    }
                    return Place(
                        first: Int32(first), count: Int32(sequence.steps.count), opening: Int32(sequence.opening ?? -1),
                        closing: Int32(sequence.closing ?? -1))
                })
        }
        count = all.count
        unsafe steps = .allocate(capacity: max(all.count, 1))
        unsafe steps.initialize(from: all, count: all.count)
    }

    deinit { unsafe steps.deallocate() }

    /// - Parameter counted: bytes that were looked at are added.
    @inline(__always) func match(_ text: RawSpan, at start: Int, _ steps: Place, counted: inout Int) -> Match? {
        precondition(steps.first >= 0 && Int(steps.first) + Int(steps.count) <= count && start >= 0)
        let count = text.byteCount
        var place = start
        var opening = -1
        var closing = -1
        for number in 0..<steps.count {
            if steps.opening == number { opening = place }
            if steps.closing == number { closing = place }
            let step = unsafe self.steps + Int(steps.first &+ number)
            let sets = unsafe UnsafeRawPointer(step).assumingMemoryBound(to: UInt64.self)
            let begin = place
            let most = unsafe step.pointee.most
            let end = most < count &- place ? place &+ most : count
            while place < end {
                let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
                guard unsafe sets[Int(byte >> 6)] &>> UInt64(byte & 63) & 1 == 1 else { break }
                place &+= 1
            }
            counted &+= place &- begin &+ 1
            let least = unsafe step.pointee.least
            guard place &- begin >= least else { return nil }
        }
        guard opening >= 0 else { return Match(end: place, value: nil) }
        return Match(end: place, value: opening..<(closing < 0 ? place : closing))
    }
}
