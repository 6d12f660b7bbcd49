import Codecs

/// Sign-ins as an identity provider's shipper sends them, in ECS, made from a seed.
struct SignInEvents {
    private var state: UInt64
    private var number = 0

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    /// A body of `/_bulk`.
    mutating func bulk(_ count: Int) -> [UInt8] {
        var out = ByteBuffer(capacity: count * 900)
        for _ in 0..<count {
            out.append(text: "{\"create\":{\"_index\":\"logs-okta.system-default\"}}\n")
            out.append(text: event())
            out.append(UInt8(ascii: "\n"))
        }
        return out.array
    }

    /// A body of `/v1/events`: a line for each.
    mutating func lines(_ count: Int) -> [UInt8] {
        var out = ByteBuffer(capacity: count * 900)
        for _ in 0..<count {
            out.append(text: event())
            out.append(UInt8(ascii: "\n"))
        }
        return out.array
    }

    private mutating func below(_ limit: UInt64) -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 33) % limit
    }

    private mutating func event() -> String {
        number += 1
        let (person, host) = (below(400), below(250) + 1)
        let failed = below(12) == 0
        let time =
            "2026-10-08T\(Self.two(below(24))):\(Self.two(below(60))):\(Self.two(below(60))).\(100 + below(900))Z"
        return """
            {"@timestamp":"\(time)","ecs":{"version":"8.17.0"},"event":{"id":"\(number)-\(below(1 << 30))",\
            "kind":"event","category":["authentication"],"type":["start"],"action":"user.session.start",\
            "outcome":"\(failed ? "failure" : "success")","dataset":"okta.system","module":"okta","provider":"okta"},\
            "message":"User login to Okta \(failed ? "failed" : "succeeded") for person-\(person)",\
            "user":{"id":"00u\(person)","name":"person-\(person)","email":"person-\(person)@example.com",\
            "full_name":"Person \(person)"},"source":{"ip":"198.51.100.\(host)"},\
            "related":{"ip":["198.51.100.\(host)"],"user":["person-\(person)"]},\
            "user_agent":{"original":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
            Chrome/141.0.0.0 Safari/537.36"},"okta":{"transaction":{"type":"WEB","id":"tx\(below(1 << 31))"},\
            "outcome":{"reason":"\(failed ? "INVALID_CREDENTIALS" : "")"},"security_context":{"is_proxy":false}},\
            "tags":["forwarded"]}
            """
    }

    private static func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
