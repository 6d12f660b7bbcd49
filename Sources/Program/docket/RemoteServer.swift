import Codecs
import Network
import Platform
import Query
import Server

/// A server that is asked over HTTP, instead of a data directory that is read.
struct RemoteServer {
    static let help = """
        --url URL                ask a server
        --token-file FILE        where its token stands; otherwise in DOCKET_TOKEN
        --authority FILE         PEM: whom to trust with https instead of the system's authorities
        """

    private let url: String
    private let token: String?
    private let authority: String?

    /// - Returns: `nil` without `--url`.
    init?(_ words: inout Words) throws {
        let url = try words.option("--url")
        let file = try words.option("--token-file")
        let authority = try words.option("--authority")
        guard let url else {
            guard file == nil, authority == nil else {
                throw WrongUse("\(file == nil ? "--authority" : "--token-file") is for a server: --url is missing")
            }
            return nil
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.authority = authority
        token = try file.map(Self.token) ?? Environment["DOCKET_TOKEN"]
    }

    private static func token(in file: String) throws -> String {
        let text = String(decoding: try Input.bytes(file, limit: 64 << 10), as: UTF8.self)
        guard let token = text.split(whereSeparator: \.isWhitespace).first else {
            throw InputError("\(file) holds no token")
        }
        return String(token)
    }

    /// - Parameter text: the query that the server is sent, for what it says about it.
    func post(_ path: String, _ body: [JSONValue.Member], about text: String) throws -> HTTPResponse {
        guard let token else {
            throw StartError("the server wants a token: --token-file FILE, or DOCKET_TOKEN in the environment")
        }
        var request = HTTPClientRequest(
            .post, url + path,
            headers: ["authorization": "Bearer \(token)", "content-type": "application/json"],
            body: Array(JSONValue.object(body).text.utf8))
        request.tls.authorityFile = authority
        // As long as the server takes: it has a limit of its own.
        request.totalTime = .minutes(30)
        request.responseBytes = 4 << 30
        let response = try HTTPClient().sendBlocking(request)
        guard response.status != 200 else { return response }
        guard let error = (try? JSONValue(parsing: response.body))?["error"] else {
            throw StartError("the server answered \(response.status)")
        }
        throw Self.error(error, in: text, else: "the server answered \(response.status)")
    }

    private static func error(_ error: JSONValue, in text: String, else other: String) -> any Error {
        let flaw = QueryError(error, in: SourceText(text))
        return flaw.map { SearchError.query($0) } ?? StartError(error["message"]?.string ?? other)
    }

    /// The ends of a time as members of a body.
    static func time(_ from: Timestamp?, _ to: Timestamp?) -> [JSONValue.Member] {
        [("from", from), ("to", to)].compactMap { name, moment in
            moment.map { .init(name, .string(RFC3339.text($0, digits: 9))) }
        }
    }
}

extension QueryError {
    /// `{"message":"…","line":1,"column":7,"hint":"…"}`, as the API writes it; `nil` without a place.
    init?(_ value: JSONValue, in source: SourceText) {
        guard let message = value["message"]?.string, let line = value["line"]?.integer,
            let column = value["column"]?.integer
        else { return nil }
        self.init(
            message, line: Int(clamping: line), column: Int(clamping: column), in: source,
            hint: value["hint"]?.string)
    }
}
