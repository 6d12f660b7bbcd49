/// What a person writes on one line into a form or a book: a name, a note, why something is done.
public enum WrittenLine {
    /// Of a note and of a reason. - Unit: bytes
    public static let length = 1_000

    /// - Parameter most: bytes.
    public static func isOne(_ text: String, most: Int = length) -> Bool {
        (1...most).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                let category = $0.properties.generalCategory
                return category != .control && category != .lineSeparator && category != .paragraphSeparator
            }
    }
}
