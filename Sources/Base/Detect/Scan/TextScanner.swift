import CByteClasses
import Codecs

/// Looks for everything that detectors know, in one text after another.
///
///     classes of bytes ─▶ ids, at runs of letters and digits ─┐
///     literals         ─▶ keys, addresses, words            ─┼─▶ check ─▶ context ─▶ findings
///     base 64          ─▶ the same in what it stands for     ─┘
///
/// A text that has escapes or look-alikes is read a second time as it is meant.
///
/// - Cost: linear in the text. Steps are counted; a text made to be costly is given up, and the caller withholds it.
/// - Threads: one at a time for each value; its memory is kept between texts.
public struct TextScanner: ~Copyable {
    public enum Outcome: Sendable, Equatable {
        case done
        /// More was found than is kept.
        case tooMany
        /// More steps were needed than any text that is not made for it needs.
        case tooCostly
        /// The library of literals failed.
        case failed
    }

    /// Findings of one text.
    public static let findingLimit = 8_192
    /// Steps for each byte. Texts of people and programs need fewer than ten.
    static let stepsPerByte = 96
    static let freeSteps = 1 << 17
    /// Bytes whose classes are kept at a time.
    static let chunk = 1 << 15
    /// The shortest base 64 that is opened.
    static let shortestBlob = 40

    public let set: DetectorSet
    /// What was found in the last text, in order, nothing over another.
    public private(set) var findings: [Finding] = []
    /// Steps that the last text needed.
    public private(set) var steps = 0

    private let matcher: LiteralMatcher
    private var hits: [LiteralMatcher.Hit] = []
    private var blocks = [docket_byte_classes](repeating: docket_byte_classes(), count: TextScanner.chunk / 64)
    private var decoded = DecodedText()
    private var window = ContextWindow()
    private var choice: DetectorChoice
    private var stepLimit = 0
    private var hasEscapes = false
    private var outcome = Outcome.done
    private var isWithin = false

    /// - Returns: `nil` when there is no memory.
    public init?(_ set: DetectorSet) {
        guard let matcher = LiteralMatcher(set.literals) else { return nil }
        self.set = set
        self.matcher = matcher
        choice = DetectorChoice(set) { _ in true }
    }

    /// Fills ``findings``.
    ///
    /// - Parameter name: what the field is called: `ssn` in front of nine digits says what they are.
    /// - Parameter choice: the detectors that are looked for; all, when it is not said.
    public mutating func scan(_ text: RawSpan, name: RawSpan = RawSpan(), choice: DetectorChoice? = nil) -> Outcome {
        findings.removeAll(keepingCapacity: true)
        steps = 0
        stepLimit = Self.freeSteps + Self.stepsPerByte * text.byteCount
        outcome = .done
        if let choice { self.choice = choice }
        hasEscapes = false
        window.name(name)
        pass(text)
        if hasEscapes, outcome == .done { passDecoded(text) }
        if findings.count > 1 { FindingMerge.merge(&findings, set.detectors) }
        return outcome
    }

    private mutating func passDecoded(_ text: RawSpan) {
        var taken = DecodedText()
        swap(&taken, &decoded)
        if taken.decode(text) {
            let first = findings.count
            unsafe pass(taken.bytes.span.bytes)
            for index in first..<findings.count {
                findings[index] = Finding(
                    range: ByteRange(taken.original(findings[index].range.range)), detector: findings[index].detector)
            }
        }
        swap(&taken, &decoded)
    }

    // MARK: One reading

    private mutating func pass(_ text: RawSpan) {
        let count = text.byteCount
        window.forget()
        var start = 0
        var tokenEnd = 0
        var blobEnd = 0
        while start < count, outcome == .done {
            let end = min(count, start + Self.chunk)
            findLiterals(text, start, end)
            classify(text, start, end)
            findTokens(text, start, end, &tokenEnd)
            if !isWithin { findBlobs(text, start, end, &blobEnd) }
            start = end
        }
    }

    private mutating func findLiterals(_ text: RawSpan, _ start: Int, _ end: Int) {
        // A literal may begin in the chunk before.
        let from = max(0, start - 32)
        hits.removeAll(keepingCapacity: true)
        guard matcher.find(set.literals, in: text.extracting(from..<end), &hits) else {
            outcome = .failed
            return
        }
        for index in hits.indices {
            let hit = hits[index]
            let behind = from + Int(hit.end)
            guard behind > start, outcome == .done else { continue }
            let literal = Int(hit.literal)
            for owner in set.owners[literal] where choice.contains(Int(owner)) {
                tryAnchor(text, Int(owner), behind - set.literalLengths[literal], behind)
            }
        }
    }

    private mutating func classify(_ text: RawSpan, _ start: Int, _ end: Int) {
        unsafe text.extracting(start..<end).withUnsafeBytes { bytes in
            unsafe blocks.withUnsafeMutableBufferPointer { blocks in
                unsafe docket_classify_bytes(
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, blocks.baseAddress)
            }
        }
    }

    /// Runs of letters and digits with a digit among them are where ids begin.
    private mutating func findTokens(_ text: RawSpan, _ start: Int, _ end: Int, _ done: inout Int) {
        for block in 0..<(end - start + 63) / 64 {
            let base = start + block * 64
            if blocks[block].escapes != 0 { hasEscapes = true }
            var digits = blocks[block].digits
            if done > base { digits = done - base >= 64 ? 0 : digits & (~0 << UInt64(done - base)) }
            while digits != 0 {
                var head = base + digits.trailingZeroBitCount
                var tail = head + 1
                while head > done, Self.isWord(text, head - 1) { head -= 1 }
                while tail < text.byteCount, Self.isWord(text, tail) { tail += 1 }
                tryTokens(text, head, tail)
                done = tail
                guard tail < base + 64, outcome == .done else { break }
                digits &= ~0 << UInt64(tail - base)
            }
        }
    }

    private mutating func tryTokens(_ text: RawSpan, _ head: Int, _ tail: Int) {
        let length = min(tail - head, HeadIndex.lengthLimit)
        tryTokens(text, from: head, length, tail)
        guard head > 0 else { return }
        let before = text[head - 1]
        switch before {
        case UInt8(ascii: "+"), UInt8(ascii: "("), UInt8(ascii: ":"): tryTokens(text, from: head - 1, length, tail)
        case UInt8(ascii: "-"):
            tryTokens(text, from: head - 1, length, tail)
            tryLetters(text, head)
        case 0x20, UInt8(ascii: "."): tryLetters(text, head)
        default: break
        }
    }

    /// Ids such as AB 12 34 56 C and X-1234567-L begin with letters that stand alone.
    private mutating func tryLetters(_ text: RawSpan, _ head: Int) {
        var letters = head - 1
        while letters > 0, head - letters < 8, text[letters - 1] &- UInt8(ascii: "A") < 26 { letters -= 1 }
        if letters < head - 1 { tryTokens(text, from: letters, head - 1 - letters, head - 1) }
    }

    private mutating func tryTokens(_ text: RawSpan, from start: Int, _ length: Int, _ tail: Int) {
        var key = HeadIndex.Key(
            length: length, first: Int(text[start]), next: tail < text.byteCount ? Int(text[tail]) : 256, second: 0,
            third: tail + 1 < text.byteCount ? Int(text[tail + 1]) : 256)
        var words = set.heads.words(key)
        guard words != 0 else { return }
        key.second = Self.wordCount(text, from: tail + 1)
        while words != 0 {
            let word = words.trailingZeroBitCount
            words &= words &- 1
            var bits = set.heads.candidates(word, key)
            while bits != 0 {
                let entry = set.heads.entries[word &* 64 &+ bits.trailingZeroBitCount]
                bits &= bits &- 1
                guard choice.contains(Int(entry.detector)),
                    let match = set.steps.match(text, at: start, entry.steps, counted: &steps),
                    !Self.isInChain(text, start, match.end)
                else {
                    guard steps <= stepLimit else { return stop() }
                    continue
                }
                judge(text, Int(entry.detector), start..<match.end, match.value ?? start..<match.end)
            }
        }
    }

    private mutating func stop() { outcome = .tooCostly }

    // MARK: One detector

    private mutating func tryAnchor(_ text: RawSpan, _ number: Int, _ anchor: Int, _ behind: Int) {
        var start = anchor
        if let before = set.detectors[number].before {
            while start > 0, anchor - start < before.most, before.set.contains(text[start - 1]) { start -= 1 }
            steps += anchor - start
            guard anchor - start >= before.least else { return }
        }
        let boundary = set.detectors[number].boundary
        guard boundary == .none || Self.isFree(text, start, start, .left) else { return }
        let shapeStart = set.detectors[number].isBehindAnchor ? behind : anchor
        for place in set.alternatives[number] {
            guard let match = set.steps.match(text, at: shapeStart, place, counted: &steps) else {
                guard steps <= stepLimit else { return stop() }
                continue
            }
            judge(text, number, start..<match.end, match.value ?? start..<match.end)
            guard steps <= stepLimit else { return stop() }
        }
    }

    private mutating func judge(_ text: RawSpan, _ number: Int, _ whole: Range<Int>, _ value: Range<Int>) {
        let detector = set.detectors[number]
        guard !value.isEmpty, Self.isFree(text, whole.lowerBound, whole.upperBound, detector.boundary),
            !Self.isMask(text, whole.lowerBound)
        else { return }
        steps += value.count
        let bytes = text.extracting(value)
        if let check = detector.check, !check.holds(bytes) { return }
        switch detector.strength {
        case .always, .strong: break
        case .formatted where Self.hasSeparator(bytes): break
        // The anchor is the word.
        case .context where detector.context.isEmpty: break
        case .formatted, .context:
            steps += 2 * ContextWindow.size
            guard window.holds(detector.context, around: whole, in: text) else { return }
        }
        guard findings.count < Self.findingLimit else {
            outcome = .tooMany
            return
        }
        findings.append(Finding(range: ByteRange(value), detector: number))
    }

    // MARK: Base 64

    private mutating func findBlobs(_ text: RawSpan, _ start: Int, _ end: Int, _ done: inout Int) {
        for block in 0..<(end - start + 63) / 64 {
            let mask = blocks[block].base64
            // A run of forty covers sixteen that are aligned.
            for lane in 0..<4 where mask >> UInt64(16 * lane) & 0xFFFF == 0xFFFF {
                var head = start + block * 64 + 16 * lane
                guard head >= done else { continue }
                var tail = head + 16
                while head > done, Self.isBase64(text[head - 1]) { head -= 1 }
                while tail < text.byteCount, Self.isBase64(text[tail]) { tail += 1 }
                done = tail
                // What stands in front of a `=` in the middle is a name.
                var begin = tail
                while begin > head, text[begin - 1] == UInt8(ascii: "=") { begin -= 1 }
                while begin > head, text[begin - 1] != UInt8(ascii: "=") { begin -= 1 }
                if tail - begin >= Self.shortestBlob, outcome == .done { open(text, begin..<tail) }
            }
        }
    }

    /// Looks into what base 64 stands for; where anything is found, the whole of it goes.
    private mutating func open(_ text: RawSpan, _ range: Range<Int>) {
        // A word in front, as in a path, may have moved the groups of four.
        for shift in 0..<4 {
            guard let plain = PrintableBase64.decode(text.extracting(range.lowerBound + shift..<range.upperBound))
            else {
                continue
            }
            steps += range.count
            let first = findings.count
            let (kept, keptBlocks) = (hits, blocks)
            isWithin = true
            unsafe pass(plain.span.bytes)
            isWithin = false
            (hits, blocks) = (kept, keptBlocks)
            window.forget()
            guard findings.count > first else { return }
            let found = findings[first...].max { left, right in
                Self.rank(set.detectors[left.detector]) < Self.rank(set.detectors[right.detector])
            }
            findings.removeSubrange(first...)
            if let found { findings.append(Finding(range: ByteRange(range), detector: found.detector)) }
            return
        }
    }

    private static func rank(_ detector: Detector) -> Int { FindingMerge.rank(detector) }

    // MARK: Bytes

    private static func isWord(_ text: RawSpan, _ place: Int) -> Bool {
        let byte = unsafe text.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self)
        return byte &- 48 < 10 || (byte | 0x20) &- 97 < 26
    }

    /// Letters and digits that stand together, as far as they are told apart.
    private static func wordCount(_ text: RawSpan, from start: Int) -> Int {
        let end = min(text.byteCount, start + HeadIndex.lengthLimit)
        var place = start
        while place < end, isWord(text, place) { place += 1 }
        return place - start
    }

    private static func isDigit(_ text: RawSpan, _ place: Int) -> Bool {
        place >= 0 && place < text.byteCount && text[place] &- 48 < 10
    }

    private static let base64 = ByteSet.words.union(ByteSet("+/-_="))
    private static func isBase64(_ byte: UInt8) -> Bool { base64.contains(byte) }

    private static func isFree(_ text: RawSpan, _ start: Int, _ end: Int, _ boundary: Detector.Boundary) -> Bool {
        switch boundary {
        case .none: return true
        case .left: return start == 0 || !isWord(text, start - 1) || !isWord(text, start)
        case .both:
            return (start == 0 || !isWord(text, start - 1) || !isWord(text, start))
                && (end == text.byteCount || !isWord(text, end) || !isWord(text, end - 1))
        }
    }

    /// Whether it is a piece of something longer that has separators: a version, a date, a UUID.
    private static func isInChain(_ text: RawSpan, _ start: Int, _ end: Int) -> Bool {
        if start > 1, text[start - 1] == UInt8(ascii: "-") || text[start - 1] == UInt8(ascii: "."),
            isDigit(text, start - 2)
        {
            return true
        }
        guard end + 1 < text.byteCount else { return false }
        return text[end] == UInt8(ascii: "-") && isWord(text, end + 1)
            || text[end] == UInt8(ascii: ".") && isDigit(text, end + 1)
    }

    private static func hasSeparator(_ text: RawSpan) -> Bool {
        (0..<text.byteCount).contains { !isWord(text, $0) }
    }

    /// Whether it stands in what masks a value already: `[LABEL:` and what follows.
    private static func isMask(_ text: RawSpan, _ start: Int) -> Bool {
        guard start > 1, text[start - 1] == UInt8(ascii: ":") || text[start - 1] == 0x20 || text[start - 1] == 0xA6
        else { return false }
        var place = start - 1
        while place > 0, start - place < 48 {
            place -= 1
            switch text[place] {
            case UInt8(ascii: "["): return place < start - 2
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                continue
            default: return false
            }
        }
        return false
    }
}
