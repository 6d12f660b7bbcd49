import Codecs

/// The parts of a form that has files.
///
///     --boundary
///     content-disposition: form-data; name="files"; filename="record.tlog-proof"
///
///     …
///     --boundary--
///
/// - Source: RFC 7578, as browsers write it: lines end in CR LF, and nothing stands in front of the first part.
struct MultipartForm {
    struct Part: Equatable {
        let name: String
        /// `nil` for a plain field.
        let fileName: String?
        let bytes: [UInt8]
    }

    enum Flaw: Error, Equatable {
        /// The head does not say that it is such a form, or not what parts it.
        case type
        /// The body is not what the head says.
        case body
        case tooManyParts
    }

    static let mostParts = 16
    /// Of the head of a part. - Unit: bytes
    private static let headBytes = 4 << 10
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]

    private(set) var parts: [Part] = []

    /// Files that somebody chose: a field without a choice is sent as a file without a name.
    var files: [UploadedFile] {
        parts.compactMap { part in
            guard let name = part.fileName, !name.isEmpty || !part.bytes.isEmpty else { return nil }
            return UploadedFile(name: name, bytes: part.bytes)
        }
    }

    var fields: FormFields {
        FormFields(parts.filter { $0.fileName == nil }.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
    }

    init(contentType: String, body: [UInt8]) throws(Flaw) {
        guard let boundary = Self.boundary(of: contentType) else { throw .type }
        let dashes = Array("--\(boundary)".utf8)
        guard body.starts(with: dashes) else { throw .body }
        let delimiter = Self.lineEnd + dashes
        var place = dashes.count
        while true {
            let rest = body[place...]
            if rest.starts(with: Array("--".utf8)) { return }
            guard rest.starts(with: Self.lineEnd) else { throw .body }
            place += 2
            let gap = Self.find(Self.lineEnd + Self.lineEnd, in: body[place...].prefix(Self.headBytes))
            guard let gap else { throw .body }
            let content = body[(gap + 4)...]
            guard let end = Self.find(delimiter, in: content) else { throw .body }
            guard parts.count < Self.mostParts else { throw .tooManyParts }
            parts.append(try Self.part(head: body[place..<gap], Array(content[..<end])))
            place = end + delimiter.count
        }
    }

    // MARK: Reading

    /// - Shape: RFC 2046 allows 1 to 70 characters of a small set.
    private static func boundary(of type: String) -> String? {
        let words = type.split(separator: ";")
        guard let first = words.first, trimmed(first).lowercased() == "multipart/form-data" else { return nil }
        for word in words.dropFirst() {
            let pair = trimmed(word).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].lowercased() == "boundary" else { continue }
            let value = pair[1].hasPrefix("\"") && pair[1].hasSuffix("\"") ? pair[1].dropFirst().dropLast() : pair[1]
            let isGood = value.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || "'()+_,-./:=?".utf8.contains(byte)
            }
            return isGood && (1...70).contains(value.utf8.count) ? String(value) : nil
        }
        return nil
    }

    private static func part(head: ArraySlice<UInt8>, _ bytes: [UInt8]) throws(Flaw) -> Part {
        guard let text = String(validating: head, as: UTF8.self) else { throw .body }
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
                continue
            }
            let value = line[line.index(after: colon)...]
            guard trimmed(value).lowercased().hasPrefix("form-data"), let name = quoted("name", in: value) else {
                throw .body
            }
            return Part(name: name, fileName: quoted("filename", in: value), bytes: bytes)
        }
        throw .body
    }

    /// The value of `; key="…"`. Browsers write a quote in it as `%22`.
    private static func quoted(_ key: String, in text: Substring) -> String? {
        let wanted = Array("; \(key)=\"".utf8)
        let bytes = Array(text.utf8)
        guard let start = find(wanted, in: bytes[...]) else { return nil }
        let value = bytes[(start + wanted.count)...]
        guard let end = value.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: value[..<end], as: UTF8.self)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// Where bytes stand first. The first of them is in none of the others at more than two places, so this is linear.
    private static func find(_ wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        var place = bytes.startIndex
        while place + wanted.count <= bytes.endIndex {
            guard let next = bytes[place...].firstIndex(of: wanted[0]) else { return nil }
            if bytes[next...].starts(with: wanted) { return next }
            place = next + 1
        }
        return nil
    }
}
