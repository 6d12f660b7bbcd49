/// Says that an answer is not whole.
enum PartialNote {
    static func markup(_ answers: TableRows...) -> Markup {
        guard answers.contains(where: \.isPartial) else { return .none }
        return h(.p, .class("problem"), .role("status")) {
            "Not everything was looked at, so these numbers are too small. Choose a shorter time."
        }
    }
}
