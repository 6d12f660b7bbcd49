import Codecs
import Network
import Platform
import Testing

@testable import Simulate

struct ComplianceSimulatorTests {
    @Test func `it serves over HTTP, with a key and without`() async throws {
        let simulator = try ComplianceSimulator(seed: 2, count: 30)
        simulator.start()
        defer { simulator.stop() }
        let client = HTTPClient()
        var request = HTTPClientRequest(.get, simulator.url + "/v1/compliance/activities?limit=5000")
        #expect(try await client.send(request).status == 401)
        request.headers.set("authorization", "Bearer \(SimulatedKey.standard.text)")
        let response = try await client.send(request)
        #expect(response.status == 200)
        #expect(response.headers["content-type"] == "application/json")
        #expect(simulator.requests == 2 && simulator.truth.count == 30)
        request.url = simulator.url + "/v1/compliance/apps/nothing"
        #expect(try await client.send(request).status == 404)
    }

    @Test func `a cut page is a failed transfer`() async throws {
        var options = ComplianceSimulator.Options()
        options.faults = [.cut]
        options.faultChance = 1
        let simulator = try ComplianceSimulator(options)
        simulator.start()
        defer { simulator.stop() }
        let request = HTTPClientRequest(
            .get, simulator.url + "/v1/compliance/activities", headers: ["x-api-key": SimulatedKey.standard.text])
        let client = HTTPClient()
        await #expect(throws: HTTPClientError.self) { try await client.send(request) }
    }

    @Test func `words of the command line become options`() throws {
        let arguments = try SimulateArguments([
            "api", "--port", "0", "--activities", "7", "--seed", "9", "--key", "sk-ant-api01-mine", "--rate-limit",
            "60",
            "--faults", "late,rate-storm", "--fault-chance", "0.5", "--per-minute", "3", "--hours", "2",
            "--lateness", "15", "--scopes", "read:org_audit,read:compliance_org_data", "--until-signal",
        ])
        #expect(arguments.options.count == 7 && arguments.options.seed == 9 && arguments.options.port == 0)
        #expect(
            arguments.options.keys == [
                SimulatedKey("sk-ant-api01-mine", scopes: ["read:org_audit", "read:compliance_org_data"])
            ])
        #expect(arguments.options.lateness == .seconds(15))
        #expect(arguments.options.faults == [.late, .rateStorm])
        #expect(
            try SimulateArguments(["api", "--faults", "all"]).options.faults.count == SimulatedFault.allCases.count)
    }

    static let wrong: [[String]] = [
        ["feed"], ["api", "--ports", "1"], ["api", "--port"], ["api", "--port", "x"], ["api", "--faults", "fire"],
        ["api", "--fault-chance", "2"], ["api", "--activities", "-1"],
    ]

    @Test(arguments: wrong)
    func `words that mean nothing are refused`(words: [String]) {
        #expect(throws: WrongUse.self) { try SimulateArguments(words) }
    }
}
