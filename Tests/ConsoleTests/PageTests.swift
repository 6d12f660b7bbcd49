import Network
import Platform
import TestKit
import Testing

struct PageTests {
    @Test func `signing in leads to the search page`() async throws {
        let sample = try SampleConsole()
        let first = try await sample.send(.get, "/?q=Bash")
        #expect(first.status == 303)
        #expect(first.headers["location"] == "/sign-in?next=%2F%3Fq%3DBash")
        let session = try await sample.signIn()
        let page = try await sample.send(.get, "/", [session])
        #expect(page.status == 200)
        #expect(page.text.contains("<h1>Search</h1>"))
        #expect(page.text.contains("120 events"))
    }
}
