public import Codecs
public import Events
public import Integrity
public import Platform

/// All orders of a data directory, each in a folder of its own.
///
/// What happens to an order is in the record before it is so: nothing is ever done that no record tells of.
///
/// - Threads: one at a time. It waits for the disk and the journal, so not on a loop.
public final class HoldBook: Sendable {
    /// Puts a record into the journal, and returns when it is durable.
    public typealias Tell = @Sendable (OwnRecord, TenantName) throws(Fault) -> Void

    private let root: String
    private let clock: any Clock
    private let random: RandomBytes
    private let tell: Tell
    private let changes = Locked(0)

    /// - Parameter data: the data directory.
    public init(data: String, clock: any Clock, random: RandomBytes = .system, tell: @escaping Tell) {
        root = "\(data)/holds"
        self.clock = clock
        self.random = random
        self.tell = tell
    }

    private static let file = "order.json"

    /// Where an order has its files.
    public func folder(of id: String) -> String { "\(root)/\(id)" }

    // MARK: Looking

    /// How often an order has changed since the start. On any thread.
    public var changeCount: Int { changes.withLock { $0 } }

    public func orders(of tenant: TenantName? = nil) throws(HoldRefusal) -> [HoldOrder] {
        guard FolderDisk.isFolder(root) else { return [] }
        let names = try onDisk { () throws(DiskError) in try FolderDisk(folder: root).names() }
        var orders: [HoldOrder] = []
        for id in names where Self.isID(id) {
            guard let order = try read(id), tenant == nil || order.tenant == tenant else { continue }
            orders.append(order)
        }
        return orders.sorted { ($0.requested.time, $0.id) < ($1.requested.time, $1.id) }
    }

    public func order(_ id: String, of tenant: TenantName? = nil) throws(HoldRefusal) -> HoldOrder {
        guard Self.isID(id), FolderDisk.isFolder(folder(of: id)), let order = try read(id),
            tenant == nil || order.tenant == tenant
        else { throw .notThere }
        return order
    }

    /// - Returns: `nil` for a folder without an order: a crash came before it was written.
    private func read(_ id: String) throws(HoldRefusal) -> HoldOrder? {
        let bytes = try onDisk { () throws(DiskError) in
            try FolderDisk(folder: folder(of: id)).contentsIfThere(of: Self.file)
        }
        guard let bytes else { return nil }
        do throws(HoldFlaw) {
            return try HoldOrder(bytes)
        } catch {
            throw .couldNot("\(folder(of: id))/\(Self.file) is no order: \(error)")
        }
    }

    /// An id is the name of a folder.
    private static func isID(_ id: String) -> Bool {
        id.hasPrefix("hold-") && id.utf8.count == 21 && id.dropFirst(5).allSatisfy { $0.isHexDigit }
    }

    // MARK: Changing

    public func request(
        _ wish: JSONValue, tenant: TenantName, by credential: String
    ) throws(HoldRefusal) -> HoldOrder {
        let chance = random.bytes(8)
        let id = unsafe "hold-" + Hexadecimal.text(of: chance.span.bytes)
        let order: HoldOrder
        do throws(HoldFlaw) {
            order = try HoldOrder(
                wish: wish, id: id, tenant: tenant, by: .init(credential: credential, time: clock.now()))
        } catch {
            throw .flaw("\(error)")
        }
        try onDisk { () throws(DiskError) in try FolderDisk.makeFolder(folder(of: id)) }
        try keep(order, .requested, by: credential)
        return order
    }

    public func approve(_ id: String, tenant: TenantName, by credential: String) throws(HoldRefusal) -> HoldOrder {
        try act(id, tenant, .approved, credential) { order, act throws(HoldRefusal) in try order.approve(act) }
    }

    public func refuse(_ id: String, tenant: TenantName, by credential: String) throws(HoldRefusal) -> HoldOrder {
        try act(id, tenant, .refused, credential) { order, act throws(HoldRefusal) in try order.refuse(act) }
    }

    public func resume(_ id: String, tenant: TenantName, by credential: String) throws(HoldRefusal) -> HoldOrder {
        try act(id, tenant, .resumed, credential) { order, act throws(HoldRefusal) in try order.resume(act) }
    }

    public func release(_ id: String, tenant: TenantName, by credential: String) throws(HoldRefusal) -> HoldOrder {
        try act(id, tenant, .released, credential) { order, act throws(HoldRefusal) in try order.release(act) }
    }

    private func act(
        _ id: String, _ tenant: TenantName, _ happening: HoldOrder.Happening, _ credential: String,
        _ body: (inout HoldOrder, HoldOrder.Act) throws(HoldRefusal) -> Void
    ) throws(HoldRefusal) -> HoldOrder {
        var order = try order(id, of: tenant)
        try body(&order, .init(credential: credential, time: clock.now()))
        try keep(order, happening, by: credential)
        return order
    }

    /// What the server does with an order, unless people have ended it meanwhile.
    ///
    /// - Parameter happening: `nil` for what only the order says, and no record.
    /// - Returns: `nil` when the order is in none of these states any more.
    public func change(
        _ id: String, in states: Set<HoldOrder.State>, _ happening: HoldOrder.Happening?,
        _ body: (inout HoldOrder) -> Void
    ) throws(HoldRefusal) -> HoldOrder? {
        var order = try order(id)
        guard states.contains(order.state) else { return nil }
        body(&order)
        try keep(order, happening, by: nil)
        return order
    }

    /// First the record, then the order: a crash between the two leaves a word too many, never one too few.
    private func keep(
        _ order: HoldOrder, _ happening: HoldOrder.Happening?, by credential: String?
    ) throws(HoldRefusal) {
        if let happening {
            do throws(Fault) {
                try tell(order.record(happening, by: credential, at: clock.now()), order.tenant)
            } catch {
                throw .couldNot("The record could not be told, so nothing was done: \(error)")
            }
        }
        try onDisk { () throws(DiskError) in
            try FolderDisk(folder: folder(of: order.id)).replace(Self.file, with: Array((order.value.text + "\n").utf8))
        }
        changes.withLock { $0 += 1 }
    }

    private func onDisk<Value>(_ body: () throws(DiskError) -> Value) throws(HoldRefusal) -> Value {
        do throws(DiskError) {
            return try body()
        } catch {
            throw .couldNot("The order could not be read or written: \(error)")
        }
    }
}
