import Codecs
import Network
import Testing

@testable import Console

/// `docs/api/openapi.json` and the routes of the console.
struct APIDescriptionTests {
    static let document: JSONValue = (try? JSONValue(parsing: APIDescription.bytes)) ?? .null

    /// A path of each route. A new case of it does not compile until it stands here.
    static func path(_ route: Route) -> String? {
        switch route {
        case .start: "/"
        case .export: "/export"
        case .signIn: "/sign-in"
        case .signOut: "/sign-out"
        case .provider: "/sign-in/provider"
        case .callback: "/sign-in/callback"
        case .account: "/account"
        case .accountPassword: "/account/password"
        case .accountSessions: "/account/sessions"
        case .api(let call, _): call.path
        // What people see and what pages load; no program asks for it.
        case .integrity(.proof(let event)): "/api/v1/events/\(event)/proof"
        case .integrity: nil
        case .look, .tail, .palette, .parse, .saveSearch, .removeSearch, .keepQuery, .content, .screen,
            .download, .receipt, .asset:
            nil
        }
    }

    static let routes: [Route] =
        [
            .start, .export, .signIn, .signOut, .provider, .callback, .account, .accountPassword, .accountSessions,
            .integrity(.proof(event: "{id}")),
        ]
        + APICall.allCases.map { .api($0, id: $0 == .event ? "{id}" : "") }

    @Test func `every route is described with its methods`() throws {
        for route in Self.routes {
            let path = try #require(Self.path(route))
            #expect(Route(path: path) == route)
            let described = Self.methods(path)
            #expect(described == Set(route.methods.filter { $0 != .head }.map { $0.name.lowercased() }), "\(path)")
        }
    }

    @Test func `what is described as the console's is a route of it`() throws {
        let paths = try #require(Self.document["paths"]?.members)
        let known = Set(Self.routes.compactMap(Self.path) + ["/healthz", "/readyz", "/metrics"])
        // Paths with a server of their own belong to the other listener.
        // So do the calls of legal holds, which stand in front of the console and have tests of their own.
        let described = Set(
            paths.filter { $0.value["servers"] == nil && !$0.key.hasPrefix("/api/v1/holds") }.map(\.key))
        #expect(described == known)
    }

    @Test func `members of bodies are those that are read`() async throws {
        let sample = try SampleConsole()
        for call in [APICall.search, .query, .fields, .histogram] {
            let answer = try await sample.call(call.path, #"{"no such member":1}"#)
            let error = try answer.json()["error"]
            let message = try #require(error?["message"]?.string)
            let list = try #require(message.split(separator: "known are ").last).dropLast()
            let read = Set(list.split(separator: ", ").map(String.init))
            let schema = Self.document["paths"]?[call.path]?["post"]?["requestBody"]?["content"]?["application/json"]?[
                "schema"]
            #expect(Set((schema?["properties"]?.members ?? []).map(\.key)) == read, "\(call.path)")
        }
    }

    @Test func `kinds of errors are those that there are`() {
        let kinds = Self.document["components"]?["schemas"]?["Error"]?["properties"]?["error"]?["properties"]?["type"]
        let described = Set((kinds?["enum"]?.array ?? []).compactMap(\.string))
        #expect(described == Set(APIError.Kind.allCases.map(\.rawValue)))
    }

    @Test func `anybody may read it`() async throws {
        let sample = try SampleConsole()
        let answer = try await sample.send(.get, "/api/v1/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.body == APIDescription.bytes)
        #expect(try answer.json()["openapi"] == "3.1.0")
        #expect(try await sample.send(.post, "/api/v1/openapi.json", body: "{}").status == 405)
    }

    private static func methods(_ path: String) -> Set<String> {
        let known: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
        return Set((document["paths"]?[path]?.members ?? []).map(\.key)).intersection(known)
    }
}
