extension EQLTest {
    /// Whether it holds for a document.
    func holds(for document: some FilterDocument) -> Bool { answer(for: document) == true }

    /// - Parameter missing: what a test of a missing value is.
    /// - Returns: `nil` where it is neither true nor false.
    func answer(for document: some FilterDocument, missing: Bool? = false) -> Bool? {
        switch self {
        case .constant(let answer): return answer
        case .all(let parts): return Self.joined(parts, document, missing, decisive: false)
        case .any(let parts): return Self.joined(parts, document, missing, decisive: true)
        case .not(let part): return part.answer(for: document, missing: missing).map { !$0 }
        case .isNull(.test(let test)): return test.answer(for: document, missing: nil) == nil
        case .isNull(let node): return node.values(in: document).isEmpty
        case .holds(let node, let test):
            let values = node.values(in: document)
            return values.isEmpty ? missing : values.contains { test.holds(for: $0) }
        case .matches(let node, let pattern):
            let values = node.values(in: document)
            return values.isEmpty ? missing : values.contains { pattern.matches($0.text) }
        }
    }

    /// - Parameter decisive: the answer of a part that is the answer of all.
    private static func joined(
        _ parts: [EQLTest], _ document: some FilterDocument, _ missing: Bool?, decisive: Bool
    ) -> Bool? {
        var isKnown = true
        for part in parts {
            let answer = part.answer(for: document, missing: missing)
            if answer == decisive { return decisive }
            if answer == nil { isKnown = false }
        }
        return isKnown ? !decisive : nil
    }
}

extension EQLNode {
    /// The most values that a function is asked of, where several arguments have several values.
    static let combinations = 256

    func values(in document: some FilterDocument) -> [FieldValue] {
        switch self {
        case .constant(let value): return value.map { [$0] } ?? []
        case .field(let reference): return document.values(of: reference)
        case .test(let test): return test.answer(for: document).map { [.boolean($0)] } ?? []
        case .folded(let inner): return inner.values(in: document).map { .text(Words.lowercased($0.text)) }
        case .negative(let inner):
            return inner.values(in: document).compactMap { Arithmetic.subtract.value(.integer(0), $0) }
        case .arithmetic(let sign, let left, let right):
            return Self.combined([left, right], document) { sign.value($0[0], $0[1]) }
        case .call(let function, let letters, let arguments):
            return Self.combined(arguments, document) { function.value(letters, $0) }
        }
    }

    private static func combined(
        _ arguments: [EQLNode], _ document: some FilterDocument, _ result: ([FieldValue?]) -> FieldValue?
    ) -> [FieldValue] {
        var rows: [[FieldValue?]] = [[]]
        for argument in arguments {
            let values = argument.values(in: document)
            let choices: [FieldValue?] = values.isEmpty ? [nil] : values
            rows = Array(rows.lazy.flatMap { row in choices.map { row + [$0] } }.prefix(combinations))
        }
        return rows.compactMap(result)
    }
}
