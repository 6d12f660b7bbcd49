/// Functions on texts. Characters are code points.
enum ESQLTextFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("LENGTH", .string, gives: .integer) { .integer(Int64($0.string.unicodeScalars.count)) },
        ESQLFunction("BYTE_LENGTH", .string, gives: .integer) { .integer(Int64($0.string.utf8.count)) },
        ESQLFunction("BIT_LENGTH", .string, gives: .integer) { .integer(Int64($0.string.utf8.count * 8)) },
        // Letter by letter, as the engine does it.
        ESQLFunction("TO_LOWER", .string, gives: .keyword, .each) { .text(Words.lowercased($0.string)) },
        ESQLFunction("TO_UPPER", .string, gives: .keyword, .each) { .text($0.string.uppercased()) },
        ESQLFunction("TRIM", .string, gives: .keyword) { .text(trimmed($0.string, left: true, right: true)) },
        ESQLFunction("LTRIM", .string, gives: .keyword) { .text(trimmed($0.string, left: true, right: false)) },
        ESQLFunction("RTRIM", .string, gives: .keyword) { .text(trimmed($0.string, left: false, right: true)) },
        ESQLFunction("REVERSE", .string, gives: .keyword) { .text(String($0.string.reversed())) },
        ESQLFunction("STARTS_WITH", .string, .string, gives: .boolean) {
            .boolean($0.string.utf8.starts(with: $1.string.utf8))
        },
        ESQLFunction("ENDS_WITH", .string, .string, gives: .boolean) {
            .boolean($0.string.utf8.reversed().starts(with: $1.string.utf8.reversed()))
        },
        ESQLFunction("CONTAINS", .string, .string, gives: .boolean) {
            .boolean(place(of: $1.string, in: $0.string, from: 0) != nil)
        },
        ESQLFunction("LEFT", .string, .whole, gives: .keyword) { text, count in
            .text(String(String.UnicodeScalarView(text.string.unicodeScalars.prefix(Int(max(0, count.whole))))))
        },
        ESQLFunction("RIGHT", .string, .whole, gives: .keyword) { text, count in
            .text(String(String.UnicodeScalarView(text.string.unicodeScalars.suffix(Int(max(0, count.whole))))))
        },
        ESQLFunction("REPEAT", .string, .whole, gives: .keyword) { text, count throws(ESQLProblem) in
            guard count.whole >= 0 else {
                throw ESQLProblem("Number parameter cannot be negative, found [\(count.whole)]")
            }
            try checkLength(text.string.utf8.count, times: count.whole, "REPEAT")
            return .text(String(repeating: text.string, count: Int(count.whole)))
        },
        ESQLFunction("SPACE", .whole, gives: .keyword) { count throws(ESQLProblem) in
            guard count.whole >= 0 else {
                throw ESQLProblem("Number parameter cannot be negative, found [\(count.whole)]")
            }
            try checkLength(1, times: count.whole, "SPACE")
            return .text(String(repeating: " ", count: Int(count.whole)))
        },
        ESQLFunction("SPLIT", .string, .string, gives: .keyword, .single, split).givingMany,
        ESQLFunction("CONCAT") { arguments throws(QueryError) in
            try arguments.count(2...Int.max)
            var terms: [ESQLTerm] = []
            for place in arguments.terms.indices { terms.append(try arguments.term(place, .string)) }
            return arguments.call(
                .keyword, .single,
                .several { (texts) throws(ESQLProblem) in
                    try checkLength(texts.reduce(0) { $0 + $1.string.utf8.count }, times: 1, "CONCAT")
                    return .text(texts.reduce(into: "") { $0 += $1.string })
                }, terms)
        },
        ESQLFunction("SUBSTRING") { arguments throws(QueryError) in
            try arguments.count(2...3)
            var terms = [try arguments.term(0, .string), try arguments.term(1, .whole)]
            if arguments.terms.count == 3 { terms.append(try arguments.term(2, .whole)) }
            return arguments.call(
                .keyword, .single,
                .several { (values) throws(ESQLProblem) in
                    try substring(values[0].string, values[1].whole, values.count > 2 ? values[2].whole : nil)
                }, terms)
        },
        ESQLFunction("LOCATE") { arguments throws(QueryError) in
            try arguments.count(2...3)
            let terms = [
                try arguments.term(0, .string), try arguments.term(1, .string),
                try arguments.term(2, .whole, default: .integer(1), .integer),
            ]
            return arguments.call(
                .integer, .single,
                .three { text, part, start in
                    let from = max(1, start.whole) - 1
                    guard from <= text.string.unicodeScalars.count else { return .integer(0) }
                    let place = place(of: part.string, in: text.string, from: Int(from))
                    return .integer(place.map { Int64($0) + 1 } ?? 0)
                }, terms)
        },
        ESQLFunction("REPLACE") { arguments throws(QueryError) in
            try arguments.count(3...3)
            let terms = [
                try arguments.term(0, .string), try arguments.term(1, .string), try arguments.term(2, .string),
            ]
            guard case .text(let pattern) = terms[1].constant ?? .null else {
                return arguments.call(
                    .keyword, .single,
                    .three { (text, pattern, new) throws(ESQLProblem) in
                        do throws(RegexError) {
                            let regex = try CaptureRegex(pattern.string, dialect: .java)
                            return try replaced(text.string, regex, new.string)
                        } catch {
                            throw ESQLProblem("invalid pattern [\(pattern.string)]: \(error.message)")
                        }
                    }, terms)
            }
            let regex: CaptureRegex
            do throws(RegexError) {
                regex = try CaptureRegex(pattern, dialect: .java)
            } catch {
                throw arguments.error("invalid pattern [\(pattern)]: \(error.message)", at: terms[1].span)
            }
            return arguments.call(
                .keyword, .single,
                .two { (text, new) throws(ESQLProblem) in
                    do throws(RegexError) {
                        return try replaced(text.string, regex, new.string)
                    } catch {
                        throw ESQLProblem(error.message)
                    }
                }, [terms[0], terms[2]])
        },
    ]

    /// - Unit: bytes.
    static let lengthLimit = 1 << 20

    private static func checkLength(_ length: Int, times: Int64, _ name: String) throws(ESQLProblem) {
        let (product, overflow) = length.multipliedReportingOverflow(by: Int(times))
        guard !overflow, product <= lengthLimit else {
            throw ESQLProblem("Creating strings longer than [\(lengthLimit)] bytes is not supported")
        }
    }

    private static func trimmed(_ text: String, left: Bool, right: Bool) -> String {
        var scalars = text.unicodeScalars[...]
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || scalar.value < 33 }
        if left { scalars = scalars.drop(while: isSpace) }
        if right { while let last = scalars.last, isSpace(last) { scalars.removeLast() } }
        return String(scalars)
    }

    /// Where a piece begins.
    ///
    /// - Unit: code points.
    private static func place(of piece: String, in text: String, from start: Int) -> Int? {
        let text = Array(text.unicodeScalars)
        let piece = Array(piece.unicodeScalars)
        if piece.isEmpty { return start }
        guard text.count >= piece.count else { return nil }
        let last = text.count - piece.count
        guard start <= last else { return nil }
        for place in start...last where text[place] == piece[0] {
            if text[place..<(place + piece.count)].elementsEqual(piece) { return place }
        }
        return nil
    }

    /// From a place counted from 1, or from the end if it is negative; 0 is as 1.
    private static func substring(_ text: String, _ start: Int64, _ length: Int64?) throws(ESQLProblem) -> ESQLValue {
        if let length, length < 0 {
            throw ESQLProblem("Length parameter cannot be negative, found [\(length)]")
        }
        let scalars = Array(text.unicodeScalars)
        let count = Int64(scalars.count)
        let from = start > 0 ? min(start - 1, count) : start == 0 ? 0 : max(0, count &+ start)
        let end = length.map { min(count, from &+ min($0, count)) } ?? count
        return .text(String(String.UnicodeScalarView(scalars[Int(from)..<Int(max(from, end))])))
    }

    @Sendable private static func split(_ text: ESQLValue, _ separator: ESQLValue) throws(ESQLProblem) -> ESQLValue {
        let bytes = Array(text.string.utf8)
        let mark = Array(separator.string.utf8)
        guard !mark.isEmpty else { throw ESQLProblem("a separator has at least one character") }
        var parts: [ESQLValue] = []
        var start = 0
        var place = 0
        while place + mark.count <= bytes.count {
            if bytes[place] == mark[0], bytes[place..<(place + mark.count)].elementsEqual(mark) {
                parts.append(.text(String(decoding: bytes[start..<place], as: UTF8.self)))
                place += mark.count
                start = place
            } else {
                place += 1
            }
        }
        parts.append(.text(String(decoding: bytes[start...], as: UTF8.self)))
        return ESQLValue(parts)
    }

    /// Every place that fits, changed; `$1` stands for the first group.
    private static func replaced(_ text: String, _ regex: CaptureRegex, _ new: String) throws(RegexError) -> ESQLValue {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        var start = 0
        let isAll = try regex.forEach(in: bytes.span) { captures throws(RegexError) in
            guard let whole = captures[0] else { return }
            out += bytes[start..<whole.lowerBound]
            try append(new, captures, bytes, to: &out)
            guard out.count <= lengthLimit else { throw RegexError("the text becomes too long", at: 0) }
            start = whole.upperBound
        }
        guard isAll else { throw RegexError("the pattern costs too much for this text", at: 0) }
        out += bytes[start...]
        return .text(String(decoding: out, as: UTF8.self))
    }

    private static func append(
        _ new: String, _ captures: [Range<Int>?], _ bytes: [UInt8], to out: inout [UInt8]
    ) throws(RegexError) {
        var rest = Array(new.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"): if let next = rest.popFirst() { out.append(next) }
            case UInt8(ascii: "$"):
                let digits = rest.prefix { (48...57).contains($0) }.prefix(2)
                guard let group = Int(String(decoding: digits, as: UTF8.self)), group < captures.count else {
                    throw RegexError("No group \(String(decoding: digits, as: UTF8.self))", at: 0)
                }
                rest = rest.dropFirst(digits.count)
                if let range = captures[group] { out += bytes[range] }
            default: out.append(byte)
            }
        }
    }
}

extension ESQLFunction {
    /// The same function, whose result may be several values.
    var givingMany: ESQLFunction {
        ESQLFunction(name, aliases: aliases) { arguments throws(QueryError) in
            let term = try make(arguments)
            return ESQLTerm(term.form, term.type, mayBeMany: true, at: term.span)
        }
    }
}
