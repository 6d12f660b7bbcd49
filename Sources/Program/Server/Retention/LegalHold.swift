import Codecs
public import Events
import Integrity
public import Platform
import Query
import Store

/// That somebody wants rows kept whatever their age is.
///
/// - Shape: JSON.
public struct LegalHold: Sendable, Equatable {
    public let tenant: TenantName
    public let facts: RetentionRecord.Hold

    public init(
        tenant: TenantName, streams: String, person: String?, from: Timestamp?, to: Timestamp?, reason: String,
        requester: String
    ) {
        let chance = RandomBytes.system.bytes(8)
        self.tenant = tenant
        facts = .init(
            id: unsafe Hexadecimal.text(of: chance.span.bytes), streams: streams, person: person, from: from, to: to,
            reason: reason, requester: requester)
    }

    init?(_ bytes: [UInt8]) {
        guard let root = try? JSONValue(parsing: bytes), let id = root["id"]?.string,
            let tenant = root["tenant"]?.string.flatMap({ TenantName($0) }), let streams = root["streams"]?.string,
            let reason = root["reason"]?.string, let requester = root["requester"]?.string
        else { return nil }
        self.tenant = tenant
        facts = .init(
            id: id, streams: streams, person: root["person"]?.string,
            from: root["from"]?.integer.map { Timestamp(nanoseconds: $0) },
            to: root["to"]?.integer.map { Timestamp(nanoseconds: $0) }, reason: reason, requester: requester)
    }

    var bytes: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("id", .string(facts.id)), .init("tenant", .string(tenant.text)),
            .init("streams", .string(facts.streams)), .init("reason", .string(facts.reason)),
            .init("requester", .string(facts.requester)),
        ]
        if let person = facts.person { members.append(.init("person", .string(person))) }
        if let from = facts.from { members.append(.init("from", .integer(from.nanoseconds))) }
        if let to = facts.to { members.append(.init("to", .integer(to.nanoseconds))) }
        return Array(JSONValue.object(members).text.utf8)
    }

    var rows: HeldRows {
        let patterns = StreamPatterns(facts.streams)
        return HeldRows(
            tenant: tenant, streams: { patterns.matches($0) }, person: facts.person, from: facts.from, to: facts.to)
    }
}

/// The folder of holds in a data directory. A hold counts from the moment its file is there, `ID.hold`; `ID.recorded`
/// says that the record has it; `ID.release` says that it is to end, which the record says first.
///
/// It is how the command speaks to a server that runs, and what a server finds after a crash.
public struct HoldFolder: Sendable {
    private let path: String

    /// - Parameter data: the data directory.
    public init(data: String) { path = "\(data)/holds" }

    private var disk: FolderDisk { FolderDisk(folder: path) }

    public func place(_ hold: LegalHold) throws(DiskError) {
        try FolderDisk.makeFolder(path)
        try disk.replace("\(hold.facts.id).hold", with: hold.bytes)
    }

    /// - Returns: false when there is no such hold.
    public func release(_ id: String, reason: String, requester: String) throws(DiskError) -> Bool {
        guard try names().contains("\(id).hold") else { return false }
        let value: JSONValue = ["reason": .string(reason), "requester": .string(requester)]
        try disk.replace("\(id).release", with: Array(value.text.utf8))
        return true
    }

    /// All holds that count.
    ///
    /// - Throws: also for one that cannot be read: nothing may be deleted then.
    public func holds() throws(StartError) -> [LegalHold] {
        var holds: [LegalHold] = []
        for (name, bytes) in try files() {
            guard let hold = LegalHold(bytes) else {
                throw StartError("\(path)/\(name) is no legal hold that can be read; nothing is deleted until it is")
            }
            holds.append(hold)
        }
        return holds
    }

    private func files() throws(StartError) -> [(name: String, bytes: [UInt8])] {
        do throws(DiskError) {
            var files: [(String, [UInt8])] = []
            for name in try names().sorted() where name.hasSuffix(".hold") {
                files.append((name, try disk.contents(of: name)))
            }
            return files
        } catch {
            throw StartError("\(error)")
        }
    }

    /// What the record does not have yet, and what it is to have now.
    func untold() throws(StartError) -> [(hold: LegalHold, record: RetentionRecord)] {
        let holds = try holds()
        do {
            let names = Set(try names())
            var untold: [(LegalHold, RetentionRecord)] = []
            for hold in holds {
                if !names.contains("\(hold.facts.id).recorded") { untold.append((hold, .held(hold.facts))) }
                guard names.contains("\(hold.facts.id).release"),
                    let order = try? JSONValue(parsing: try disk.contents(of: "\(hold.facts.id).release"))
                else { continue }
                untold.append(
                    (
                        hold,
                        .released(
                            hold.facts, reason: order["reason"]?.string ?? "",
                            requester: order["requester"]?.string ?? "")
                    ))
            }
            return untold
        } catch {
            throw StartError("\(error)")
        }
    }

    /// The record has it now.
    func told(_ hold: LegalHold, _ record: RetentionRecord) throws(StartError) {
        do throws(DiskError) {
            let id = hold.facts.id
            switch record {
            case .held: try disk.replace("\(id).recorded", with: [])
            case .released:
                for name in ["\(id).hold", "\(id).recorded", "\(id).release"] where try names().contains(name) {
                    try disk.remove(name)
                }
                try disk.syncNames()
            case .deleted: break
            }
        } catch {
            throw StartError("\(error)")
        }
    }

    private func names() throws(DiskError) -> [String] { FolderDisk.isFolder(path) ? try disk.names() : [] }
}
