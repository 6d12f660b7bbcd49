import Integrity
import Network
import Platform

/// One request to a bucket.
struct S3Request {
    var method: HTTPMethod
    /// With the prefix; empty for the bucket itself.
    var key: String
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var body: [UInt8] = []
    /// Whether a 404 is an answer.
    var maybeMissing = false
}

/// Asks a bucket, again where that may help, and says what is wrong where it does not.
///
/// - Threads: one at a time.
final class S3Client: Sendable {
    let place: S3Place
    private let client: HTTPClient
    private let clock: any Clock
    private let pause: @Sendable (Timestamp.Span) -> Void
    /// Where the bucket is by its own word.
    private let region: Locked<String>

    /// How often a request is sent at the most.
    private static let attempts = 4
    private static let firstPause = Timestamp.Span.milliseconds(200)

    init(_ place: S3Place, clock: any Clock, pause: @escaping @Sendable (Timestamp.Span) -> Void) {
        self.place = place
        self.clock = clock
        self.pause = pause
        client = HTTPClient(connections: 2)
        region = Locked(place.region)
    }

    /// - Returns: an answer of 2xx, a 412, or a 404 where the request says so.
    func send(_ request: S3Request) throws(ArchiveError) -> HTTPResponse {
        var wait = Self.firstPause
        var attempt = 1
        while true {
            let verdict = try ask(request)
            switch verdict {
            case .answer(let response): return response
            case .fail(let error): throw error
            case .repeat(let why, let after):
                guard attempt < Self.attempts else { throw .again(why, after: after) }
            }
            pause(wait)
            wait = Timestamp.Span(nanoseconds: wait.nanoseconds * 2)
            attempt += 1
        }
    }

    private enum Verdict {
        case answer(HTTPResponse)
        case fail(ArchiveError)
        /// The same request may succeed.
        case `repeat`(String, after: Timestamp.Span)
    }

    private func ask(_ request: S3Request) throws(ArchiveError) -> Verdict {
        do throws(HTTPClientError) {
            return verdict(on: try client.sendBlocking(signed(request)), request)
        } catch {
            if error.kind == .unusable || error.kind == .tls {
                return .fail(.refused("the archive's store cannot be reached: \(error)"))
            }
            return .repeat("the archive's store cannot be reached: \(error)", after: .seconds(10))
        }
    }

    private func signed(_ request: S3Request) -> HTTPClientRequest {
        let region = region.withLock { $0 }
        let (base, host, path) = place.address(of: request.key, region: region)
        let payload = unsafe Digest(of: request.body.span.bytes).hexadecimal
        let signer = SigV4(place.credentials, region: region)
        let added = signer.headers(
            method: request.method.name, path: path, query: request.query,
            headers: request.headers + [("host", host)], payload: payload, at: clock.now())
        let query = request.query.isEmpty ? "" : "?\(SigV4.text(of: request.query))"
        var headers = HTTPHeaders()
        for (name, value) in request.headers + added { headers.append(name, value) }
        var sent = HTTPClientRequest(
            request.method, "\(base)\(SigV4.encoded(path, keepingSlash: true))\(query)", headers: headers,
            body: request.body)
        sent.totalTime = .seconds(120)
        sent.responseBytes = 96 << 20
        sent.tls.authorityFile = place.authorityFile
        return sent
    }

    // MARK: Answers

    private func verdict(on response: HTTPResponse, _ request: S3Request) -> Verdict {
        switch response.status {
        case 200..<300: return .answer(response)
        case 412: return .answer(response)
        case 404 where request.maybeMissing: return .answer(response)
        default: break
        }
        let text = String(decoding: response.body.prefix(8_192), as: UTF8.self)
        let code = S3XML.first("Code", in: text) ?? "\(response.status)"
        switch (response.status, code) {
        case (301, _), (307, _), (400, "AuthorizationHeaderMalformed"):
            return moved(response, text, code)
        case (_, "RequestTimeTooSkewed"):
            return .fail(
                .again(
                    "the archive's store says that the clock of this machine is wrong (here \(RFC3339.text(clock.now()))"
                        + ", there \(response.headers["date"] ?? "unknown")); set it", after: .minutes(1)))
        case (400, "BadDigest"), (400, "XAmzContentSHA256Mismatch"), (400, "InvalidDigest"), (400, "RequestTimeout"),
            (404, "NoSuchUpload"), (409, _), (408, _), (429, _), (500..., _):
            return .repeat("the archive's store answers \(response.status) \(Self.word(code))", after: .seconds(10))
        case (401, _), (403, _):
            return .fail(
                .refused(
                    "the archive's store refuses us: \(response.status) \(Self.word(code)); see `archive.s3.access_key` "
                        + "and what it may do"))
        default:
            return .fail(.refused("the archive's store answers \(response.status) \(Self.word(code))"))
        }
    }

    /// The bucket is in another region than we believe.
    private func moved(_ response: HTTPResponse, _ text: String, _ code: String) -> Verdict {
        let told = response.headers["x-amz-bucket-region"] ?? S3XML.first("Region", in: text)
        if let told, region.withLock({ $0 }) != told, told.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }) {
            region.withLock { $0 = told }
            return .repeat("the bucket is in another region", after: .seconds(1))
        }
        return .fail(
            .refused(
                "the archive's store answers \(response.status) \(Self.word(code)); set `archive.s3.region` to the "
                    + "region of the bucket"))
    }

    /// A code of the store: only letters and digits are shown.
    private static func word(_ code: String) -> String {
        String(
            code.unicodeScalars.filter { $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) }.prefix(
                64
            ).map(Character.init))
    }
}

/// The little of XML that stores answer with.
enum S3XML {
    /// What stands between the tags of a name, every time.
    static func all(_ tag: String, in text: String) -> [String] {
        var found: [String] = []
        var rest = text[...]
        while let start = range(of: "<\(tag)>", in: rest),
            let end = range(of: "</\(tag)>", in: rest[start.upperBound...])
        {
            found.append(plain(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }

    static func first(_ tag: String, in text: String) -> String? { all(tag, in: text).first }

    private static func range(of word: String, in text: Substring) -> Range<String.Index>? {
        let (bytes, pattern) = (text.utf8, Array(word.utf8))
        var start = bytes.startIndex
        while let place = bytes[start...].firstIndex(of: pattern[0]) {
            if bytes[place...].starts(with: pattern) {
                return place..<bytes.index(place, offsetBy: pattern.count)
            }
            start = bytes.index(after: place)
        }
        return nil
    }

    private static func plain(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var out = ""
        var rest = text
        while let place = rest.firstIndex(of: "&") {
            out += rest[..<place]
            let entity = rest[place...].prefix { $0 != ";" }
            switch entity {
            case "&amp;".dropLast(): out += "&"
            case "&lt;".dropLast(): out += "<"
            case "&gt;".dropLast(): out += ">"
            case "&quot;".dropLast(), "&#34": out += "\""
            case "&apos;".dropLast(), "&#39": out += "'"
            default: out += entity + ";"
            }
            rest = rest[entity.endIndex...].dropFirst()
        }
        return out + rest
    }

    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
