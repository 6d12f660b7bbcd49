import Events
import Platform

/// What the journal says to those whose records it did not take. `docs/guides/disk.md` says when.
extension Fault {
    static let diskIsShort = Fault(
        .diskFull, .again(after: .seconds(10)),
        "The disk is short of space; logs and traces cannot be accepted until there is more.")

    static let diskIsFull = Fault(
        .diskFull, .again(after: .seconds(10)), "The disk is full; nothing can be accepted until there is space.")

    static let journalStopped = Fault(
        .diskFailed, .stop, "The journal cannot be written; a person must look at the disk.")

    static func writeFailed(comeAgainAfter pause: Timestamp.Span) -> Fault {
        Fault(.diskFailed, .again(after: pause), "A write to the disk failed; send it again.")
    }
}
