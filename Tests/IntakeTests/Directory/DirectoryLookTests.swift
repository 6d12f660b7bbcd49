import Codecs
import Events
import Platform
import TestKit
import Testing

@testable import Intake

/// What a look makes of the listings that it is given.
struct DirectoryLookTests {
    static let start = Timestamp(milliseconds: 1_791_446_400_000)
    static let unit = "91012d09-e48b-438e-a489-1bebfd8fa6f9"
    static let users = DirectoryPart(.user, organization: unit)
    static let settings = DirectoryPart(.setting, organization: unit)

    /// Listings by path, as the API has them at one time.
    struct World {
        var listings: [String: [JSONValue]] = [
            "/v1/compliance/organizations": [["uuid": .string(unit), "name": "Example"]],
            "/v1/compliance/groups": [],
        ]
        var settings: [JSONValue] = []
        var keys: [JSONValue] = []
        var perPage = 100
        /// Called before each page, for what happens meanwhile.
        var meanwhile: (inout World, DirectoryLook.Question) -> Void = { _, _ in }

        mutating func page(_ question: DirectoryLook.Question) throws -> DirectoryPage {
            var hook: (inout World, DirectoryLook.Question) -> Void = { _, _ in }
            swap(&hook, &meanwhile)
            hook(&self, question)
            swap(&hook, &meanwhile)
            guard question.part.kind != .setting else {
                let body: JSONValue = ["settings": .array(settings), "api_keys": .array(keys)]
                return try DirectoryPage(Array(body.text.utf8), of: question.part)
            }
            let all = listings[question.part.path] ?? []
            let start = question.page.flatMap { Int($0) } ?? 0
            let end = min(start + perPage, all.count)
            let body: JSONValue = [
                "data": .array(Array(all[min(start, end)..<end])), "has_more": .bool(end < all.count),
                "next_page": end < all.count ? .string("\(end)") : .null,
            ]
            return try DirectoryPage(Array(body.text.utf8), of: question.part)
        }

        /// A whole look, and what it leaves behind.
        mutating func look(_ memory: inout DirectoryMemory, at time: Timestamp = start) throws -> [DirectoryChange] {
            var look = DirectoryLook(memory, began: time)
            var all: [DirectoryChange] = []
            while let question = look.question() {
                let result = try look.take(try page(question))
                for change in result.changes { look.memory.apply(change) }
                look.end(result.ended)
                all += result.changes
            }
            memory = try #require(DirectoryMemory(look.memory.bytes))
            #expect(memory == look.memory)
            return all
        }
    }

    static func user(_ number: Int, role: String = "user", name: String = "A Person") -> JSONValue {
        [
            "id": .string("user_\(number)"), "full_name": .string(name), "email": .string("p\(number)@example.com"),
            "organization_role": .string(role), "created_at": "2025-06-01T10:00:00Z",
        ]
    }

    static func told(_ changes: [DirectoryChange]) -> [String] {
        changes.map { "\($0.part.kind.rawValue)_\($0.what.rawValue) \($0.id)" }
    }

    static func record(_ change: DirectoryChange) throws -> JSONValue {
        try JSONValue(parsing: change.record(seen: start + .hours(1), since: start))
    }

    @Test func `the first look finds, the next ones tell who came, changed and left`() throws {
        var world = World()
        var memory = DirectoryMemory()
        world.listings[Self.users.path] = [Self.user(1), Self.user(2), Self.user(3)]
        let first = Self.told(try world.look(&memory))
        #expect(first == ["organization_found \(Self.unit)"] + (1...3).map { "user_found user_\($0)" })
        let unchanged = try world.look(&memory)
        #expect(unchanged.isEmpty)
        world.listings[Self.users.path] = [Self.user(1), Self.user(3, role: "owner"), Self.user(4)]
        let next = try world.look(&memory)
        #expect(Self.told(next) == ["user_changed user_3", "user_added user_4", "user_removed user_2"])
        let changed = try Self.record(next[0])
        #expect(changed["changes"] == [["name": "organization_role", "before": "user"]])
        #expect(changed["object"] == Self.user(3, role: "owner"))
        #expect(
            changed["created_at"] == "2026-10-08T09:00:00.000000Z" && changed["after"] == "2026-10-08T08:00:00.000000Z")
        // Of who left is told what a bookmark may know.
        #expect(try Self.record(next[2])["object"] == ["organization_role": "user"])
    }

    @Test func `what is content or says who somebody is, is remembered as a digest alone`() throws {
        var world = World()
        var memory = DirectoryMemory()
        world.listings[Self.users.path] = [Self.user(1, name: "Only Person")]
        world.settings = [["name": "banner", "type": "string", "value": "secret text"]]
        _ = try world.look(&memory)
        let text = String(decoding: memory.bytes, as: UTF8.self)
        #expect(!text.contains("Only Person") && !text.contains("example.com") && !text.contains("secret text"))
        world.listings[Self.users.path] = [Self.user(1, name: "Other Person")]
        let next = try world.look(&memory)
        let change = try #require(next.first)
        #expect(try Self.record(change)["changes"] == [["name": "full_name"]])
    }

    @Test func `members of a group that is new are added, and go with it in silence`() throws {
        var world = World()
        var memory = DirectoryMemory()
        _ = try world.look(&memory)
        let members = DirectoryPart(.member, parent: "g1").path
        world.listings["/v1/compliance/groups"] = [["id": "g1", "name": "Legal", "source_type": "scim", "roles": []]]
        world.listings[members] = [["user_id": "user_1", "email": "p1@example.com"]]
        let told = Self.told(try world.look(&memory))
        #expect(told == ["group_added g1", "member_added user_1"])
        world.listings["/v1/compliance/groups"] = []
        let gone = Self.told(try world.look(&memory))
        #expect(gone == ["group_removed g1"])
        #expect(!memory.listings.keys.contains { $0.kind == .member })
    }

    @Test func `the first who comes to an empty listing is added`() throws {
        var world = World()
        var memory = DirectoryMemory()
        _ = try world.look(&memory)
        world.listings[Self.users.path] = [Self.user(1)]
        let told = Self.told(try world.look(&memory))
        #expect(told == ["user_added user_1"])
    }

    @Test func `settings and keys tell what they were, whatever the order of lists`() throws {
        var world = World()
        var memory = DirectoryMemory()
        func setting(_ name: String, _ type: String, _ value: JSONValue) -> JSONValue {
            ["name": .string(name), "type": .string(type), "value": value]
        }
        func key(_ scopes: JSONValue, isActive: Bool = true) -> JSONValue {
            ["id": "apikey_1", "name": "Export", "scopes": scopes, "is_active": .bool(isActive), "expires_at": nil]
        }
        world.settings = [setting("sharing", "boolean", false), setting("ranges", "string_list", ["b", "a"])]
        world.keys = [key(["one", "two"])]
        _ = try world.look(&memory)
        world.settings = [setting("ranges", "string_list", ["a", "b"]), setting("sharing", "boolean", true)]
        world.keys = [key(["two", "one"], isActive: false)]
        let changes = try world.look(&memory)
        #expect(Self.told(changes) == ["api_key_changed apikey_1", "setting_changed sharing"])
        #expect(try Self.record(changes[0])["changes"] == [["name": "is_active", "before": true]])
        #expect(try Self.record(changes[1])["changes"] == [["name": "value", "before": false]])
    }

    @Test func `nobody is told to have left because a listing slipped while it was read`() throws {
        var world = World()
        var memory = DirectoryMemory()
        world.perPage = 2
        world.listings[Self.users.path] = (1...5).map { Self.user($0) }
        _ = try world.look(&memory)
        // When the first leaves behind the first page, the third slips onto it and is not seen.
        var hasLeft = false
        world.meanwhile = { world, question in
            guard question.part == Self.users, question.page == "2", !hasLeft else { return }
            hasLeft = true
            world.listings[Self.users.path]?.removeFirst()
        }
        let unchanged = try world.look(&memory)
        #expect(unchanged.isEmpty)
        let told = Self.told(try world.look(&memory))
        #expect(told == ["user_removed user_1"])
    }

    @Test func `a listing that runs in a circle is a contradiction`() throws {
        var look = DirectoryLook(DirectoryMemory(), began: Self.start)
        let question = look.question()
        let part = try #require(question).part
        let body: JSONValue = ["data": [], "has_more": true, "next_page": "again"]
        let page = try DirectoryPage(Array(body.text.utf8), of: part)
        let first = try look.take(page)
        #expect(first.ended.isEmpty)
        #expect(throws: DirectoryLook.Contradiction.self) { try look.take(page) }
    }

    @Test func `a listing that cannot be read leaves what was known of it`() throws {
        var world = World()
        var memory = DirectoryMemory()
        world.listings[Self.users.path] = [Self.user(1)]
        _ = try world.look(&memory)
        var look = DirectoryLook(memory, began: Self.start + .hours(1))
        var changes: [DirectoryChange] = []
        while let question = look.question() {
            guard question.part.kind != .user else {
                look.skip()
                continue
            }
            changes += try look.take(try world.page(question)).changes
        }
        #expect(changes.isEmpty)
        #expect(look.memory.listings[Self.users] == memory.listings[Self.users])
    }

    @Test(
        arguments: [
            "", "docket directory 2\n", "docket directory 1\n\"x\"\t-\n", "docket directory 1\npart\tuser\n",
            "docket directory 1\npart\tking\t\"\"\t\"\"\twhole\t-\n",
            "docket directory 1\npart\tuser\t\"\"\t\"\"\twhole\t-\n\"x\"\t-\n",
            "docket directory 1\npart\tuser\t\"\"\t\"\"\twhole\tyesterday\n",
            "docket directory 1\npart\tmember\t\"\"\t\"g\"\twhole\t-\n\"x\"\t{\n",
        ]
    )
    func `a bookmark that nobody wrote is not read`(text: String) {
        #expect(DirectoryMemory(Array(text.utf8)) == nil)
    }

    @Test(
        arguments: [
            "[]", "{}", "{\"data\":{}}", "{\"data\":[],\"has_more\":true}",
            "{\"data\":[],\"has_more\":true,\"next_page\":\"\"}",
        ]
    )
    func `what is no listing is an error, and not an empty one`(body: String) {
        #expect(throws: JSONError.self) { try DirectoryPage(Array(body.utf8), of: Self.users) }
    }

    @Test func `ids go into paths without changing them`() {
        let part = DirectoryPart(.permission, organization: "a/../b", parent: "c?d")
        #expect(part.path == "/v1/compliance/organizations/a%2F..%2Fb/roles/c%3Fd/permissions")
    }
}
