import Codecs
public import Detect
import Integrity

/// What redaction would do with a text, for people who want to see it.
///
/// - Threads: one at a time for each value.
public struct RedactionPreview: ~Copyable {
    public struct Explanation: Sendable {
        public let detector: Detector
        public let action: Detector.Action
        /// Bytes of the text.
        public let range: Range<Int>
        /// What would stand in its place.
        public let replacement: String
    }

    private let rules: SourceRules
    private let policy: RedactionPolicy
    private var redactor: TextRedactor

    /// - Parameter tenant: whose rules, of the source.
    public init(_ policy: RedactionPolicy, tenant: String = "default", source: String = "") {
        self.policy = policy
        rules = SourceRules(policy, tenant: tenant, source: source)
        redactor = TextRedactor(policy.set)
    }

    /// - Parameter field: what the field is called that the text stands in.
    /// - Returns: the text as it would be kept; nothing when the field is dropped.
    public mutating func redacted(_ text: [UInt8], field: String = "") -> [UInt8] {
        let name = Array(field.utf8)
        let rules = rules.rules(unsafe rules.number(of: name.span.bytes))
        switch unsafe redactor.redact(text.span.bytes, name: name.span.bytes, rules, MaskWriter(key: nil)) {
        case .unchanged: return text
        case .dropped: return []
        case .changed: return redactor.text.array
        }
    }

    /// - Returns: `nil` when the text would be withheld.
    public mutating func explanations(_ text: [UInt8], field: String = "") -> [Explanation]? {
        guard var scanner = TextScanner(policy.set) else { return nil }
        let name = Array(field.utf8)
        let rules = rules.rules(unsafe rules.number(of: name.span.bytes))
        // Also what stays is worth an explanation.
        guard unsafe scanner.scan(text.span.bytes, name: name.span.bytes) == .done else { return nil }
        return scanner.findings.map { finding in
            let detector = policy.set.detectors[finding.detector]
            let action = rules.actions[finding.detector]
            var out = ByteBuffer(capacity: 64)
            let value = unsafe text.span.bytes.extracting(finding.range.range)
            if action == .keep {
                out.append(value)
            } else {
                MaskWriter(key: nil).write(detector, action, value, to: &out)
            }
            return Explanation(
                detector: detector, action: action, range: finding.range.range, replacement: out.text)
        }
    }
}
