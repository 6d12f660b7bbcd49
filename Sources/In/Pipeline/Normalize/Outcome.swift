import Events

/// What the mapping of one record came to, besides its fields.
struct Outcome {
    /// It has a name, so it is an event.
    var isEvent = false
    /// Its name is not in any table.
    var isUnknown = false
    /// A value is not of its type and stayed text.
    var isUnconverted = false
    /// The record shall be in the document as it was received.
    var wantsOriginal = false
    /// The sender asked for that, which is tagged.
    var isMarked = false
    /// It is what a collector says about a failed request, and no activity.
    var isCollectorError = false
    private(set) var isFailed = false

    /// The record could not be mapped in full.
    mutating func fail(_ message: String, _ fields: borrowing MappedFields, _ document: inout Document) {
        isFailed = true
        document.set(fields.errorMessage, text: message)
    }
}
