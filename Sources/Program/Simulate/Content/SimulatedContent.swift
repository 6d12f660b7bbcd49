import Codecs
import Platform

/// The chats and sessions of the simulated organization, with what was said in them and the files beside it.
///
/// The same seed gives the same content.
struct SimulatedContent: Sendable {
    struct Message: Sendable {
        let id: String
        let role: String
        let created: Timestamp
        let text: String
        var files: [File] = []
    }

    struct File: Sendable {
        /// As the API tells them apart.
        enum Kind: String, Sendable, CaseIterable { case file, generatedFile, artifact }

        let kind: Kind
        let id: String
        let name: String
        let bytes: [UInt8]
        /// Deleted since: the messages still name it.
        var isGone = false
    }

    struct Chat: Sendable {
        let id: String
        let person: SimulatedOrganization.Person
        let organization: String
        let name: String
        let created: Timestamp
        var updated: Timestamp
        var messages: [Message]
        /// Deleted between its listing and its reading.
        var isGone = false
    }

    struct Session: Sendable {
        let id: String
        let person: SimulatedOrganization.Person
        let organization: String
        let created: Timestamp
        let isLocal: Bool
        var status = "running"
        var updated: Timestamp
    }

    var chats: [Chat] = []
    var sessions: [Session] = []
    private(set) var files: [String: File] = [:]

    /// - Parameter count: of chats; there are half as many sessions of each kind.
    init(_ organization: SimulatedOrganization, seed: UInt64, start: Timestamp, count: Int = 60) {
        var draws = Draws(seed: seed ^ 0x6368_6174)
        for number in 0..<count {
            let person = draws.one(of: organization.people)
            let created = start - .minutes(Int64(60 + draws.number(below: 1_080)))
            var chat = Chat(
                id: ActivityID.other("claude_chat", &draws), person: person,
                organization: organization.units[person.home].uuid, name: "Draft \(number): \(Self.words(4, &draws))",
                created: created, updated: created, messages: [])
            // One is long, so that it takes several pages.
            let length = number == 1 ? 130 : 2 + 2 * draws.number(below: 3)
            for place in 0..<length { chat.messages.append(message(place, of: chat, &draws)) }
            chat.updated = chat.messages.last?.created ?? created
            chat.isGone = number == 2
            chats.append(chat)
        }
        for number in 0..<count {
            let person = draws.one(of: organization.people)
            let created = start - .minutes(Int64(90 + draws.number(below: 1_080)))
            let isLocal = number % 2 == 0
            sessions.append(
                Session(
                    id: ActivityID.other(isLocal ? "clls" : "cse", &draws), person: person,
                    organization: organization.units[person.home].uuid, created: created, isLocal: isLocal,
                    updated: created + .minutes(5)))
        }
    }

    private mutating func message(_ place: Int, of chat: Chat, _ draws: inout Draws) -> Message {
        let id = ActivityID.other("claude_chat_msg", &draws)
        var message = Message(
            id: id, role: place % 2 == 0 ? "user" : "assistant", created: chat.created + .seconds(Int64(place * 20)),
            text: "\(Self.words(12, &draws)) [\(id.suffix(8))]")
        guard draws.isTrue(0.25) else { return message }
        let kind: File.Kind = place % 2 == 0 ? .file : draws.isTrue(0.5) ? .generatedFile : .artifact
        let prefix =
            switch kind {
            case .file: "claude_file"
            case .generatedFile: "claude_gen_file"
            case .artifact: "claude_artifact_version"
            }
        var file = File(
            kind: kind, id: ActivityID.other(prefix, &draws), name: "\(Self.words(2, &draws)).txt",
            bytes: Array(Self.words(40 + draws.number(below: 400), &draws).utf8))
        file.isGone = draws.isTrue(0.1)
        files[file.id] = file
        message.files = [file]
        return message
    }

    private static func words(_ count: Int, _ draws: inout Draws) -> String {
        (0..<count).map { _ in draws.one(of: vocabulary) }.joined(separator: " ")
    }

    private static let vocabulary = [
        "merger", "forecast", "supplier", "draft", "clause", "invoice", "schedule", "quarter", "margin", "audit",
        "please", "rewrite", "summarize", "the", "of", "naïve", "größer", "契約", "\"quoted\"", "plan", "budget", "term",
    ]

    /// Somebody goes on with a chat, and a session in the cloud ends.
    mutating func goOn(at now: Timestamp) {
        guard let chat = chats.indices.min(by: { chats[$0].updated < chats[$1].updated }) else { return }
        chats[chat].updated = now
        guard let session = sessions.firstIndex(where: { !$0.isLocal && $0.status == "running" }) else { return }
        sessions[session].status = "completed"
        sessions[session].updated = now
    }
}

extension SimulatedContent.Chat {
    /// As the API lists it.
    var listed: JSONValue {
        [
            "id": .string(id), "name": .string(name), "created_at": SimulatedContent.time(created),
            "updated_at": SimulatedContent.time(updated), "deleted_at": nil,
            "href": .string("https://claude.ai/chat/\(id)"), "model": "claude-sonnet-4-5",
            "organization_id": nil, "organization_uuid": .string(organization), "project_id": nil,
            "user": ["id": .string(person.id), "email_address": .string(person.email)],
        ]
    }
}

extension SimulatedContent.Session {
    /// As the API lists it.
    var listed: JSONValue {
        var members: [JSONValue.Member] = [
            .init("type", .string(isLocal ? "local_session" : "remote_session")), .init("id", .string(id)),
            .init("organization_uuid", .string(organization)),
            .init("user", ["id": .string(person.id), "email_address": .string(person.email)]),
            .init("product_surface", .string(isLocal ? "claude_code" : "cowork")),
            .init("created_at", SimulatedContent.time(created)),
        ]
        if !isLocal {
            members += [
                .init("title", .string("Session of \(id.suffix(4))")), .init("status", .string(status)),
                .init("updated_at", SimulatedContent.time(updated)),
            ]
        }
        return .object(members)
    }
}

extension SimulatedContent.Message {
    /// As the API gives it.
    var listed: JSONValue {
        func list(_ kind: SimulatedContent.File.Kind) -> JSONValue {
            let some = files.filter { $0.kind == kind }
            return some.isEmpty
                ? .null
                : .array(
                    some.map { file in
                        kind == .artifact
                            ? ["id": .string("claude_artifact_01"), "version_id": .string(file.id)]
                            : ["id": .string(file.id), "filename": .string(file.name)]
                    })
        }
        return [
            "id": .string(id), "role": .string(role), "created_at": SimulatedContent.time(created),
            "content": [["type": "text", "text": .string(text)]], "files": list(.file),
            "generated_files": list(.generatedFile), "artifacts": list(.artifact),
        ]
    }
}

extension SimulatedContent {
    static func time(_ moment: Timestamp) -> JSONValue { .string(RFC3339.text(moment, digits: 6)) }
}
