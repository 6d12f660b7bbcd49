import Codecs
import Network
import Platform
import Testing

@testable import Simulate

/// The desk lists its directory as the documentation of the API says.
struct DirectoryDeskTests {
    static let start = ComplianceDeskTests.start

    static func get(
        _ desk: inout ComplianceDesk, _ target: String, at now: Timestamp = start
    ) -> (status: Int, body: JSONValue) {
        let request = HTTPRequest(.get, "/v1/compliance/\(target)", headers: ["x-api-key": SimulatedKey.standard.text])
        let (response, _) = desk.answer(request, at: now)
        return (response.status, (try? JSONValue(parsing: response.body)) ?? .null)
    }

    static func first(_ desk: inout ComplianceDesk, _ target: String, _ name: String) -> String {
        get(&desk, target).body["data"]?[0]?[name]?.string ?? "none"
    }

    @Test func `pages follow one another and meet everybody once`() {
        var desk = ComplianceDeskTests.desk()
        let path = "organizations/\(Self.first(&desk, "organizations", "uuid"))/users"
        let all = Self.get(&desk, path).body["data"]?.array ?? []
        #expect(all.count == 32)
        var found: [JSONValue] = []
        var token = ""
        for _ in 0..<7 {
            let page = Self.get(&desk, "\(path)?limit=5\(token)").body
            found += page["data"]?.array ?? []
            #expect(page["has_more"]?.bool == (page["next_page"] != .null))
            guard let next = page["next_page"]?.string else { break }
            token = "&page=\(next)"
        }
        #expect(found == all)
    }

    @Test func `each listing that a look reads is there`() {
        var desk = ComplianceDeskTests.desk()
        let unit = Self.first(&desk, "organizations", "uuid")
        let role = Self.first(&desk, "organizations/\(unit)/roles", "id")
        let group = Self.first(&desk, "groups", "id")
        for path in [
            "organizations/\(unit)/users", "organizations/\(unit)/roles/\(role)/permissions", "groups/\(group)/members",
        ] {
            let (status, body) = Self.get(&desk, path)
            #expect(status == 200 && body["data"]?.array?.isEmpty == false, "\(path)")
        }
        let settings = Self.get(&desk, "organizations/\(unit)/settings").body
        #expect(settings["settings"]?.array?.count == 6 && settings["api_keys"]?.array?.count == 2)
    }

    @Test(
        arguments: [
            ("organizations/none/users", 404), ("organizations/none/settings", 404), ("groups/none/members", 404),
            ("groups?limit=0", 400), ("groups?limit=1001", 400), ("groups?page=nonsense", 400), ("groups/", 404),
            ("organizations/x/secrets", 404),
        ])
    func `what is asked wrongly is refused`(target: String, status: Int) {
        var desk = ComplianceDeskTests.desk()
        #expect(Self.get(&desk, target).status == status)
    }

    @Test func `people need another scope than settings, and an Admin API key has neither`() {
        var desk = ComplianceDeskTests.desk {
            $0.keys = [SimulatedKey(SimulatedKey.standard.text, scopes: [SimulatedKey.organizationData])]
        }
        let unit = Self.first(&desk, "organizations", "uuid")
        #expect(Self.get(&desk, "organizations/\(unit)/settings").status == 200)
        let (status, body) = Self.get(&desk, "organizations/\(unit)/users")
        #expect(status == 403)
        #expect(body["error"]?["message"]?.string?.contains("Needed: [read:compliance_user_data]") == true)
        #expect(!SimulatedKey("sk-ant-admin01-x").has(SimulatedKey.organizationData))
        #expect(SimulatedKey("sk-ant-admin01-x").mayReadFeed)
    }

    @Test func `it drifts as time goes by, the same way for the same seed`() {
        var desk = ComplianceDeskTests.desk { $0.driftEvery = .seconds(10) }
        var other = ComplianceDeskTests.desk { $0.driftEvery = .seconds(10) }
        _ = Self.get(&desk, "groups", at: Self.start + .seconds(165))
        for step in 1...16 { _ = Self.get(&other, "groups", at: Self.start + .seconds(Int64(step) * 10)) }
        #expect(desk.people.directory.drifts.count == 16)
        #expect(desk.people.directory.drifts == other.people.directory.drifts)
        #expect(Set(desk.people.directory.drifts.map(\.type)).count == 8)
    }
}
