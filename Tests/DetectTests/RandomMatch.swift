import TestKit

@testable import Detect

extension ShapeHead {
    func allows(_ key: HeadIndex.Key) -> Bool {
        lengths[key.length] && first.contains(UInt8(key.first)) && second[key.second]
            && (key.next == 256 ? mayEnd : next.contains(UInt8(key.next)))
            && (third.map { key.third < 256 && $0.contains(UInt8(key.third)) } ?? true)
    }
}

/// Texts that a pattern matches, made at random.
enum RandomMatch {
    static func text(of sequence: Shape.Sequence, seed: UInt64) -> [UInt8] {
        var random = Dice(seed: seed)
        var text: [UInt8] = []
        for step in sequence.steps {
            let bytes = (0...UInt8.max).filter { step.set.contains($0) }
            for _ in 0..<Int.random(in: step.least...min(step.most, step.least + 50), using: &random) {
                // Of sets of nearly all bytes, mostly those that texts have.
                let plain = bytes.filter { (0x20..<0x7F).contains($0) }
                text.append((plain.isEmpty ? bytes : plain).randomElement(using: &random)!)
            }
        }
        return text
    }

    /// What stands at the front of a text, with something behind it that may be there.
    static func key(of match: [UInt8], isOpen: Bool, seed: UInt64) -> HeadIndex.Key {
        let isWord = { (byte: UInt8) in ByteSet.words.contains(byte) }
        let followers = isOpen ? ["", " and", "x", ".1"] : ["", " and", ".1", ", "]
        let endsOpen = match.last.map(isWord) == false
        var text = match + followers[Int(seed % 4)].utf8
        if endsOpen, seed % 3 == 0 { text = match + "7".utf8 }
        // The scanner comes to a match from its first letter or digit, with at most one sign in front.
        let start = text.firstIndex(where: isWord) ?? 0
        let end = text[start...].firstIndex { !isWord($0) } ?? text.count
        let secondEnd = end < text.count ? text[(end + 1)...].firstIndex { !isWord($0) } ?? text.count : end
        return HeadIndex.Key(
            length: min(end - start, HeadIndex.lengthLimit), first: Int(text[0]),
            next: end < text.count ? Int(text[end]) : 256,
            second: end < text.count ? min(secondEnd - end - 1, HeadIndex.lengthLimit) : 0,
            third: end + 1 < text.count ? Int(text[end + 1]) : 256)
    }
}
