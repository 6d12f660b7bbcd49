import Codecs
import Detect

/// Replaces what detectors find in one text after another, and counts.
///
/// - Threads: one at a time for each value; its memory is kept between texts.
struct TextRedactor: ~Copyable {
    enum Result {
        case unchanged
        /// The new text is in ``text``.
        case changed
        case dropped
    }

    /// A text that is shorter holds nothing that could be found.
    static let shortest = 6
    /// Bytes of a text that are looked through; what is behind them is withheld.
    static let textLimit = 4 << 20

    /// `nil` when there is no memory for it; then all content is withheld.
    private var scanner: TextScanner?
    private let set: DetectorSet
    private var out = ByteBuffer(capacity: 4_096)
    /// Of the record so far.
    private(set) var count = 0
    private(set) var withheld = 0
    /// Bits of the detectors that found something.
    private(set) var found: [UInt64]
    /// Why the last text was withheld.
    private(set) var lastOutcome = TextScanner.Outcome.done

    init(_ set: DetectorSet) {
        self.set = set
        scanner = TextScanner(set)
        found = [UInt64](repeating: 0, count: (set.detectors.count + 63) / 64)
    }

    var detectors: [Detector] { self.set.detectors }

    /// The text that was made last.
    var text: RawSpan {
        @_lifetime(borrow self)
        get { out.bytes }
    }

    /// Begins to count for another record.
    mutating func beginRecord() {
        count = 0
        withheld = 0
        for word in found.indices { found[word] = 0 }
    }

    /// Ids of the detectors that found something in the record.
    var foundIDs: [String] {
        detectors.indices.filter { found[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }.map { detectors[$0].id }
    }

    mutating func redact(_ text: RawSpan, name: RawSpan, _ rules: FieldRules, _ writer: MaskWriter) -> Result {
        lastOutcome = .done
        switch rules.treatment {
        case .keep: return .unchanged
        case .drop:
            count += 1
            return .dropped
        case .withhold: return withhold(text)
        case .scan: break
        }
        guard text.byteCount >= Self.shortest, !text.isEqual(to: MaskWriter.withheld) else { return .unchanged }
        let head = text.extracting(0..<min(text.byteCount, Self.textLimit))
        lastOutcome = scanner?.scan(head, name: name, choice: rules.choice) ?? .failed
        guard lastOutcome == .done else { return withhold(text) }
        let isCut = head.byteCount < text.byteCount
        let findings = scanner?.findings ?? []
        guard !findings.isEmpty || isCut else { return .unchanged }
        for finding in findings {
            count += 1
            found[finding.detector >> 6] |= 1 << UInt64(finding.detector & 63)
            if rules.actions[finding.detector] == .drop { return .dropped }
        }
        let isJSON = Self.isJSON(head)
        write(head, findings, rules, writer, quotesNumbers: false)
        if isJSON, !Self.isJSON(out.bytes) { write(head, findings, rules, writer, quotesNumbers: true) }
        if isCut {
            out.append(MaskWriter.withheld)
            withheld += 1
        }
        return .changed
    }

    private mutating func withhold(_ text: RawSpan) -> Result {
        guard text.byteCount > 0, !text.isEqual(to: MaskWriter.withheld) else { return .unchanged }
        withheld += 1
        out.removeAll()
        out.append(MaskWriter.withheld)
        return .changed
    }

    private mutating func write(
        _ text: RawSpan, _ findings: [Finding], _ rules: FieldRules, _ writer: MaskWriter, quotesNumbers: Bool
    ) {
        out.removeAll()
        var place = 0
        for finding in findings {
            out.append(text.extracting(place..<finding.range.start))
            let isNumber = quotesNumbers && Self.isNumber(text, finding.range)
            if isNumber { out.append(UInt8(ascii: "\"")) }
            writer.write(
                detectors[finding.detector], rules.actions[finding.detector], text[finding.range], to: &out)
            if isNumber { out.append(UInt8(ascii: "\"")) }
            place = finding.range.end
        }
        out.append(text.extracting(place..<text.byteCount))
    }

    /// Whether a text is a JSON object or list, as the parameters of tools are.
    private static func isJSON(_ text: RawSpan) -> Bool {
        guard text.byteCount > 1, text[0] == UInt8(ascii: "{") || text[0] == UInt8(ascii: "[") else { return false }
        do throws(JSONError) {
            var cursor = JSONCursor(text)
            try cursor.skip(in: text)
            try cursor.finish(in: text)
            return true
        } catch {
            return false
        }
    }

    /// Whether it is a whole number of JSON, which has no quotes of its own.
    private static func isNumber(_ text: RawSpan, _ range: ByteRange) -> Bool {
        for place in range.range where text[place] < 48 || text[place] > 57 { return false }
        var before = range.start - 1
        while before >= 0, [0x20, 0x0A, 0x0D, 0x09].contains(text[before]) { before -= 1 }
        var behind = range.end
        while behind < text.byteCount, [0x20, 0x0A, 0x0D, 0x09].contains(text[behind]) { behind += 1 }
        guard before >= 0, behind < text.byteCount else { return false }
        return [UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "[")].contains(text[before])
            && [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(text[behind])
    }
}
