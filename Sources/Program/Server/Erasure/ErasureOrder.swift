import Codecs
public import Events
import Integrity
public import Platform

/// That somebody wants records erased. It is kept until it is carried out, so that no crash makes half of one.
///
/// - Shape: JSON.
public struct ErasureOrder: Sendable, Equatable {
    /// Chosen by chance.
    public let id: String
    public let tenant: TenantName
    /// KQL: the records whose events it finds.
    public let query: String
    /// On what ground, for the record.
    public let reason: String
    /// Who asked for it, for the record.
    public let requester: String
    /// Whether it is only asked what would be erased.
    public let isTrial: Bool

    public init(
        tenant: TenantName, query: String, reason: String, requester: String, isTrial: Bool
    ) {
        let chance = RandomBytes.system.bytes(8)
        id = unsafe Hexadecimal.text(of: chance.span.bytes)
        self.tenant = tenant
        self.query = query
        self.reason = reason
        self.requester = requester
        self.isTrial = isTrial
    }

    init?(_ bytes: [UInt8]) {
        guard let root = try? JSONValue(parsing: bytes), let id = root["id"]?.string,
            let tenant = root["tenant"]?.string.flatMap({ TenantName($0) }), let query = root["query"]?.string,
            let reason = root["reason"]?.string, let requester = root["requester"]?.string,
            let isTrial = root["trial"]?.bool
        else { return nil }
        self.id = id
        self.tenant = tenant
        self.query = query
        self.reason = reason
        self.requester = requester
        self.isTrial = isTrial
    }

    var bytes: [UInt8] {
        let value: JSONValue = [
            "id": .string(id), "tenant": .string(tenant.text), "query": .string(query), "reason": .string(reason),
            "requester": .string(requester), "trial": .bool(isTrial),
        ]
        return Array(value.text.utf8)
    }
}

/// What became of an order.
///
/// - Shape: JSON. It says nothing of what was erased, or whose it was.
public struct ErasureResult: Sendable, Equatable {
    public var records = 0
    public var documents = 0
    /// Files of the journal that were written anew.
    public var segments = 0
    /// Why nothing, or not all, was erased.
    public var failure: String?

    init() {}

    init?(_ bytes: [UInt8]) {
        guard let root = try? JSONValue(parsing: bytes), let records = root["records"]?.integer,
            let documents = root["documents"]?.integer, let segments = root["segments"]?.integer
        else { return nil }
        self.records = Int(records)
        self.documents = Int(documents)
        self.segments = Int(segments)
        failure = root["failure"]?.string
    }

    var bytes: [UInt8] {
        var members: [JSONValue.Member] = [
            .init("records", .integer(Int64(records))), .init("documents", .integer(Int64(documents))),
            .init("segments", .integer(Int64(segments))),
        ]
        if let failure { members.append(.init("failure", .string(failure))) }
        return Array(JSONValue.object(members).text.utf8)
    }
}

/// The folder of orders in a data directory: `ID.order` until it is carried out, then `ID.result` until it is read.
///
/// It is how the command speaks to a server that runs, and what a server finds after a crash.
public struct ErasureFolder: Sendable {
    private let path: String

    /// - Parameter data: the data directory.
    public init(data: String) { path = "\(data)/erasures" }

    private var disk: FolderDisk { FolderDisk(folder: path) }

    public func place(_ order: ErasureOrder) throws(DiskError) {
        try FolderDisk.makeFolder(path)
        try disk.replace("\(order.id).order", with: order.bytes)
    }

    /// - Returns: `nil` as long as the order is not carried out. The result is there once.
    public func result(of order: ErasureOrder) throws(DiskError) -> ErasureResult? {
        let name = "\(order.id).result"
        guard let bytes = try disk.contentsIfThere(of: name) else { return nil }
        try disk.remove(name)
        return ErasureResult(bytes)
    }

    /// Takes an order back that nobody has begun.
    public func withdraw(_ order: ErasureOrder) throws(DiskError) {
        guard try disk.names().contains("\(order.id).order") else { return }
        try disk.remove("\(order.id).order")
        try disk.syncNames()
    }

    /// Orders that are not carried out, and the names of files that are none.
    func waiting() throws(DiskError) -> (orders: [ErasureOrder], unread: [String]) {
        guard FolderDisk.isFolder(path) else { return ([], []) }
        var waiting: (orders: [ErasureOrder], unread: [String]) = ([], [])
        for name in try disk.names().sorted() where name.hasSuffix(".order") {
            if let order = ErasureOrder(try disk.contents(of: name)) {
                waiting.orders.append(order)
            } else {
                waiting.unread.append("\(path)/\(name)")
            }
        }
        return waiting
    }

    /// The order says whose data it is about, so it goes away with that.
    func finish(_ order: ErasureOrder, with result: ErasureResult) throws(DiskError) {
        try disk.replace("\(order.id).result", with: result.bytes)
        try disk.remove("\(order.id).order")
        try disk.syncNames()
    }
}
