import Codecs
import Platform

/// One activity, small: its text is made when somebody asks for it, and is the same each time.
struct SimulatedActivity: Sendable {
    let number: Int
    let created: Timestamp
    /// From when on the API lists it. Much later than ``created`` for a late one.
    let visible: Timestamp
    let type: UInt16
    let actor: ActorKind
    let person: UInt16
    /// Index of the organization; `nil` for sign-ins and calls of the Compliance API.
    let unit: Int?
    /// What a `compliance_api_accessed` of the simulator itself says.
    let call: Call?
    /// What the story says of it; `nil` for those that are drawn.
    var detail: ActivityDetail?

    struct Call: Sendable {
        let requestID: String
        let target: String
        let status: Int
    }
}

/// Makes activities and writes them down.
struct ActivityMaker: Sendable {
    let seed: UInt64
    let organization: SimulatedOrganization
    let table = ActivityTable.standard

    init(seed: UInt64, people: Int = 40) {
        self.seed = seed
        organization = SimulatedOrganization(seed: seed, people: people)
    }

    func make(_ number: Int, created: Timestamp, delay: Timestamp.Span) -> SimulatedActivity {
        var draws = Draws(seed: seed, of: UInt64(number))
        let type = table.draw(&draws)
        let row = table.rows[type]
        // A few have an actor that their type seldom has, so that all eleven are seen.
        let actor = draws.isTrue(0.03) ? draws.one(of: ActorKind.allCases) : draws.one(of: row.actors)
        let person = draws.number(below: organization.people.count)
        let hasNoUnit = actor == .unauthenticated || row.type == "compliance_api_accessed"
        return SimulatedActivity(
            number: number, created: created, visible: created + delay, type: UInt16(type), actor: actor,
            person: UInt16(person), unit: hasNoUnit ? nil : organization.people[person].home, call: nil)
    }

    /// What the story says happened.
    ///
    /// - Returns: `nil` for a type that is not in the table.
    func make(
        _ number: Int, _ planned: PlannedActivity, created: Timestamp, visible: Timestamp
    ) -> SimulatedActivity? {
        guard let type = table.indexes[planned.type] else { return nil }
        let hasNoUnit = planned.actor == .unauthenticated || planned.type == "compliance_api_accessed"
        return SimulatedActivity(
            number: number, created: created, visible: visible, type: UInt16(type), actor: planned.actor,
            person: UInt16(planned.person), unit: hasNoUnit ? nil : organization.people[planned.person].home,
            call: nil, detail: planned.detail)
    }

    func noise(_ number: Int, created: Timestamp, call: SimulatedActivity.Call) -> SimulatedActivity {
        SimulatedActivity(
            number: number, created: created, visible: created + .seconds(1),
            type: UInt16(table.indexes["compliance_api_accessed"] ?? 0), actor: .key, person: 0, unit: nil, call: call)
    }

    func id(_ number: Int) -> String { ActivityID.text(number, seed: seed) }

    // MARK: Writing

    func write(_ activity: SimulatedActivity, to out: inout ByteBuffer) {
        var draws = Draws(seed: ~seed, of: UInt64(activity.number))
        let row = table.rows[Int(activity.type)]
        out.append("{\"id\":" as StaticString)
        out.append(jsonString: id(activity.number))
        out.append(",\"created_at\":\"" as StaticString)
        time(activity.created, to: &out)
        out.append(UInt8(ascii: "\""))
        let unit = activity.unit.map { organization.units[$0] }
        text("organization_id", unit?.id, to: &out)
        text("organization_uuid", unit?.uuid, to: &out)
        out.append(",\"actor\":{\"type\":" as StaticString)
        actor(activity, &draws, to: &out)
        out.append(UInt8(ascii: "}"))
        text("type", row.type, to: &out)
        if let call = activity.call {
            text("request_id", call.requestID, to: &out)
            text("request_method", "GET", to: &out)
            text("url", "https://api.anthropic.com\(call.target)", to: &out)
            key("status_code", to: &out)
            out.append(decimal: Int64(call.status))
        } else {
            for item in row.fields { field(item, activity, &draws, to: &out) }
        }
        out.append(UInt8(ascii: "}"))
    }

    /// As the API does it: with and without a fraction.
    private func time(_ moment: Timestamp, to out: inout ByteBuffer) {
        if moment.nanoseconds % 1_000_000_000 == 0 {
            let full = RFC3339.text(moment)
            out.append(text: String(full.prefix(19)) + "Z")
        } else {
            out.append(text: RFC3339.text(moment, digits: 6))
        }
    }

    private func key(_ name: String, to out: inout ByteBuffer) {
        out.append(UInt8(ascii: ","))
        out.append(jsonString: name)
        out.append(UInt8(ascii: ":"))
    }

    private func text(_ name: String, _ value: String?, to out: inout ByteBuffer) {
        key(name, to: &out)
        if let value { out.append(jsonString: value) } else { out.append("null" as StaticString) }
    }

    private func actor(_ activity: SimulatedActivity, _ draws: inout Draws, to out: inout ByteBuffer) {
        let person = organization.people[Int(activity.person)]
        let detail = activity.detail
        func network(_ agent: String) {
            text("ip_address", detail?.address ?? person.address, to: &out)
            text("user_agent", agent, to: &out)
        }
        func name(_ type: StaticString) {
            out.append(UInt8(ascii: "\""))
            out.append(type)
            out.append(UInt8(ascii: "\""))
        }
        switch activity.actor {
        case .user:
            name("user_actor")
            text("email_address", person.email, to: &out)
            text("user_id", person.id, to: &out)
            network(person.agent)
        case .key:
            name("api_actor")
            text("api_key_id", detail?.actorID ?? draws.one(of: organization.keys), to: &out)
            network("python-requests/2.32.5")
        case .adminKey:
            name("admin_api_key_actor")
            text("admin_api_key_id", detail?.actorID ?? draws.one(of: organization.keys), to: &out)
            network("curl/8.14.1")
        case .unauthenticated:
            name("unauthenticated_user_actor")
            text("unauthenticated_email_address", draws.isTrue(0.1) && detail == nil ? nil : person.email, to: &out)
            network(person.agent)
        case .anthropic:
            name("anthropic_actor")
            text("email_address", nil, to: &out)
        case .system:
            name("system_actor")
            text("service", draws.one(of: ["billing", "retention", "provisioning"]), to: &out)
        case .serviceAccount:
            name("service_account_actor")
            text("service_account_id", draws.one(of: organization.serviceAccounts), to: &out)
            network("anthropic-sdk-python/0.71.0")
        case .directorySync:
            name("scim_directory_sync_actor")
            text("workos_event_id", ActivityID.other("event", &draws), to: &out)
            text("directory_id", "directory_01SIMULATED", to: &out)
            text("idp_connection_type", draws.one(of: ["OktaSCIMV2", "AzureSCIMV2"]), to: &out)
        case .federatedIdentity:
            name("federated_identity_actor")
            text("issuer", "https://token.example.com", to: &out)
            text("subject", "repo:example/pipeline:ref:refs/heads/main", to: &out)
            key("audience", to: &out)
            out.append("[\"https://api.anthropic.com\"]" as StaticString)
            network("anthropic-sdk-typescript/0.68.0")
        case .federated:
            name("federated_actor")
            key("provider", to: &out)
            let providers: [StaticString] = [
                "{\"type\":\"aws\",\"account_id\":\"123456789012\",\"signed_principal\":\"arn:aws:iam::123456789012:role/example\"}",
                "{\"type\":\"azure\",\"subscription_id\":\"00000000-0000-4000-8000-000000000001\"}",
                "{\"type\":\"gcp\",\"project_number\":\"123456789012\"}",
                "{\"type\":\"oidc\",\"issuer\":\"https://token.example.com\"}",
            ]
            out.append(draws.one(of: providers))
            text("subject", "workload-\(draws.number(below: 9))", to: &out)
        case .device:
            name("attested_device_actor")
            text("external_client_id", ActivityID.other("client", &draws), to: &out)
            text("kid_hash", SimulatedOrganization.hex(draws.next()), to: &out)
            network(person.agent)
        }
    }

    private func field(
        _ field: ActivityTable.Field, _ activity: SimulatedActivity, _ draws: inout Draws, to out: inout ByteBuffer
    ) {
        if let value = activity.detail?.fields[field.name] {
            key(field.name, to: &out)
            return value.write(to: &out)
        }
        if field.mayBeAbsent, draws.isTrue(0.4) { return }
        key(field.name, to: &out)
        // Since 2026-09-24 the feed holds no names of files.
        if field.kind == "gone" || field.mayBeNull && draws.isTrue(0.2) {
            return out.append("null" as StaticString)
        }
        switch field.kind {
        case "id": out.append(jsonString: id(field.values.first ?? "id", &draws))
        case "ids": words((0...draws.number(below: 3)).map { _ in id(field.values.first ?? "id", &draws) }, to: &out)
        case "bool": draws.isTrue(0.5) ? out.append("true" as StaticString) : out.append("false" as StaticString)
        case "number": out.append(decimal: Int64(draws.number(below: 500)))
        case "status": out.append(decimal: Int64(draws.one(of: [200, 200, 200, 200, 401, 403, 404, 429])))
        case "one": out.append(jsonString: draws.one(of: field.values))
        case "scopes": words(["read:compliance_activities", "read:compliance_org_data"], to: &out)
        case "words": words((0...draws.number(below: 3)).map { _ in word(&draws) }, to: &out)
        case "email": out.append(jsonString: draws.one(of: organization.people).email)
        case "url": out.append(jsonString: "https://\(word(&draws)).example.com/v1/\(word(&draws))")
        case "domain": out.append(jsonString: "\(word(&draws)).example.com")
        case "ip": out.append(jsonString: SimulatedOrganization.address(&draws))
        case "digest": out.append(jsonString: "sha256:" + SimulatedOrganization.hex(draws.next()))
        case "time":
            let earlier = activity.created - .seconds(Int64(draws.number(below: 100)))
            out.append(jsonString: RFC3339.text(earlier, digits: 6))
        case "updates": updates(field.values, &draws, to: &out)
        case "audience":
            out.append("[{\"type\":\"user\",\"user_id\":" as StaticString)
            out.append(jsonString: draws.one(of: organization.people).id)
            out.append(",\"role\":\"admin\"},{\"type\":\"organization\"}]" as StaticString)
        case "resource":
            out.append("{\"type\":\"message\",\"id\":" as StaticString)
            out.append(jsonString: ActivityID.other("msg", &draws))
            out.append(UInt8(ascii: "}"))
        case "empty": out.append("{}" as StaticString)
        case "none": out.append("[]" as StaticString)
        default: out.append(jsonString: word(&draws))
        }
    }

    private func id(_ prefix: String, _ draws: inout Draws) -> String {
        prefix == "user" ? draws.one(of: organization.people).id : ActivityID.other(prefix, &draws)
    }

    private func word(_ draws: inout Draws) -> String {
        draws.one(of: ["default", "beta", "internal", "quarterly", "shared", "blue", "north", "review", "größe"])
    }

    private func words(_ words: [String], to out: inout ByteBuffer) {
        out.append(UInt8(ascii: "["))
        for (place, word) in words.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append(jsonString: word)
        }
        out.append(UInt8(ascii: "]"))
    }

    /// One to three changes, whose values are of any kind.
    private func updates(_ types: [String], _ draws: inout Draws, to out: inout ByteBuffer) {
        let values: [StaticString] = ["true", "false", "\"Example\"", "30", "null", "[\"search\",\"artifacts\"]"]
        out.append(UInt8(ascii: "["))
        for place in 0...draws.number(below: min(3, types.count)) {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append("{\"type\":" as StaticString)
            out.append(jsonString: draws.one(of: types))
            out.append(",\"previous_value\":" as StaticString)
            out.append(draws.one(of: values))
            out.append(",\"current_value\":" as StaticString)
            out.append(draws.one(of: values))
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: "]"))
    }
}
