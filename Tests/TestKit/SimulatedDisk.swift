import Glibc
public import Platform

/// A disk in memory that loses, tears and refuses as real ones do, all from one seed.
///
/// What a program reads back is what it wrote. What a power loss leaves is another matter: of everything that
/// was not synced, any part may have reached the disk, in any order, torn at 512 bytes; new, renamed and removed
/// names likewise. After a sync that failed, what was written stays readable and may never reach the disk, which
/// is what Linux does. (Rebello et al., *Can Applications Recover from fsync Failures?*, USENIX ATC 2020.)
///
///     let disk = SimulatedDisk(seed: 7)
///     disk.powerOff(at: disk.operations + 20)     // in the middle of the 20th operation from now on
///     …                                           // everything throws from then on
///     disk.restart(after: .powerLoss)
///
/// - Threads: any.
public final class SimulatedDisk: Disk {
    /// What can be made to fail.
    public enum Operation: Sendable, CaseIterable {
        case create, write, sync, truncate, rename, remove, syncNames, reserve, read
    }

    /// An error of the kernel, in the two forms that matter: the thing was not done, or it was done all the same.
    public struct Failure: Sendable {
        public let number: Int32
        public let happens: Bool
        public init(_ number: Int32, happens: Bool) {
            self.number = number
            self.happens = happens
        }
        public static let full = Failure(ErrorNumber.noSpace, happens: false)
        public static let broken = Failure(EIO, happens: false)
    }

    /// How the program ended.
    public enum End: Sendable {
        /// Only the program: what it wrote is there, synced or not.
        case kill
        case powerLoss
    }

    /// What a disk that lies claims to have done. With one of these a test shows that its checks can fail.
    public struct Lies: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// `sync` says yes and does nothing.
        public static let sync = Lies(rawValue: 1)
        /// `syncNames` says yes and does nothing.
        public static let syncNames = Lies(rawValue: 2)
        /// `truncate` says yes and does nothing.
        public static let truncate = Lies(rawValue: 4)
        /// One byte of each synced write is wrong when it is read after a restart.
        public static let content = Lies(rawValue: 8)
    }

    private let state: Locked<State>

    public init(seed: UInt64, lies: Lies = []) { state = Locked(State(dice: Dice(seed: seed), lies: lies)) }

    // MARK: What a test decides

    /// How many operations there were.
    public var operations: Int { state.withLock { $0.operations } }

    /// Whether the power went off as was planned.
    public var isOff: Bool { state.withLock { $0.isOff } }

    /// In the middle of this operation, counted from the beginning, the power goes off.
    public func powerOff(at operation: Int?) { state.withLock { $0.offAt = operation } }

    /// Of a thousand operations so many fail, in any form.
    public func fail(perThousand: Int) { state.withLock { $0.failures = perThousand } }

    /// The next operations of this kind fail in these ways, one after another.
    public func fail(_ operation: Operation, _ failures: Failure...) {
        state.withLock { $0.script[operation, default: []] += failures }
    }

    /// What ``space()`` answers.
    public func setSpace(free: Int, total: Int) { state.withLock { $0.space = (free, total) } }

    /// So many more bytes can be written; `nil` for any number.
    public func setRoom(_ bytes: Int?) { state.withLock { $0.room = bytes } }

    /// Turns the disk on again. Files that were open are no longer.
    public func restart(after end: End) {
        state.withLock { state in
            if end == .powerLoss { state.losePower() }
            state.isOff = false
            state.offAt = nil
            state.failures = 0
            state.script = [:]
            state.boot += 1
        }
    }

    /// How often a file was synced once more after a sync of it had failed: never, in a program that knows that
    /// the second one says nothing.
    public var syncsAfterFailure: Int { state.withLock { $0.syncsAfterFailure } }

    // MARK: What a test looks at and damages

    public var fileNames: [String] { state.withLock { $0.names.keys.sorted() } }

    /// - Returns: `nil` when there is no file of this name.
    public func bytes(of name: String) -> [UInt8]? {
        state.withLock { state in state.names[name].map { state.files[$0].cached } }
    }

    /// Puts a file there, durably.
    public func put(_ name: String, _ bytes: [UInt8]) {
        state.withLock { state in
            state.files.append(File(cached: bytes, durable: bytes))
            state.names[name] = state.files.count - 1
            state.durableNames[name] = state.files.count - 1
        }
    }

    public func discard(_ name: String) {
        state.withLock { state in
            state.names[name] = nil
            state.durableNames[name] = nil
        }
    }

    // MARK: Disk

    public func names() throws(DiskError) -> [String] {
        try state.withLock { state throws(DiskError) in
            try state.check(state.boot, "list")
            return Array(state.names.keys)
        }
    }

    public func create(_ name: String) throws(DiskError) -> any DiskFile {
        let (file, boot) = try state.withLock { state throws(DiskError) in
            let failure = try state.begin(.create, "create", name)
            guard state.names[name] == nil else { throw DiskError("create", name, number: EEXIST) }
            if failure?.happens ?? true {
                state.files.append(File())
                state.names[name] = state.files.count - 1
                state.nameChanges.append(.set(name, state.files.count - 1))
            }
            try state.end(failure, "create", name)
            return (state.files.count - 1, state.boot)
        }
        return SimulatedFile(disk: self, name: name, file: file, boot: boot)
    }

    public func open(_ name: String) throws(DiskError) -> any DiskFile {
        let (file, boot) = try state.withLock { state throws(DiskError) in
            try state.check(state.boot, "open")
            guard let file = state.names[name] else { throw DiskError("open", name, number: ENOENT) }
            return (file, state.boot)
        }
        return SimulatedFile(disk: self, name: name, file: file, boot: boot)
    }

    public func rename(_ name: String, to newName: String) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let failure = try state.begin(.rename, "rename", name)
            guard let file = state.names[name] else { throw DiskError("rename", name, number: ENOENT) }
            if failure?.happens ?? true {
                state.names[name] = nil
                state.names[newName] = file
                state.nameChanges.append(.rename(name, newName, file))
            }
            try state.end(failure, "rename", name)
        }
    }

    public func remove(_ name: String) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let failure = try state.begin(.remove, "remove", name)
            guard state.names[name] != nil else { throw DiskError("remove", name, number: ENOENT) }
            if failure?.happens ?? true {
                state.names[name] = nil
                state.nameChanges.append(.remove(name))
            }
            try state.end(failure, "remove", name)
        }
    }

    public func syncNames() throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            let failure = try state.begin(.syncNames, "sync", "the folder")
            if failure?.happens ?? true, !state.lies.contains(.syncNames) {
                state.durableNames = state.names
                state.nameChanges = []
            }
            try state.end(failure, "sync", "the folder")
        }
    }

    public func space() throws(DiskError) -> (free: Int, total: Int) { state.withLock { $0.space } }

    // MARK: Files

    fileprivate func write(_ bytes: [UInt8], at offset: Int, of file: SimulatedFile) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            try state.check(file.boot, "write")
            var failure = try state.begin(.write, "write", file.name)
            if !state.take(upTo: offset + bytes.count, of: file.file) { failure = failure ?? .full }
            if failure?.happens ?? true {
                state.files[file.file].write(bytes, at: offset)
            } else {
                // A failed write may have written a part.
                let part = state.dice.roll(bytes.count + 1)
                state.files[file.file].write(Array(bytes[..<part]), at: offset)
            }
            try state.end(failure, "write", file.name)
        }
    }

    fileprivate func read(
        into buffer: inout MutableRawSpan, at offset: Int, of file: SimulatedFile
    ) throws(DiskError) -> Int {
        let wanted = buffer.byteCount
        let bytes = try state.withLock { state throws(DiskError) -> [UInt8] in
            try state.check(file.boot, "read")
            if let failure = state.script[.read]?.first {
                state.script[.read]?.removeFirst()
                throw DiskError("read", file.name, number: failure.number)
            }
            let all = state.files[file.file].cached
            return Array(all[min(offset, all.count)..<min(offset + wanted, all.count)])
        }
        unsafe buffer.withUnsafeMutableBytes { target in unsafe target.copyBytes(from: bytes) }
        return bytes.count
    }

    fileprivate func sync(_ file: SimulatedFile) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            try state.check(file.boot, "sync")
            state.note(syncOf: file.file, file.boot)
            let failure = try state.begin(.sync, "sync", file.name)
            if failure?.happens ?? true {
                if !state.lies.contains(.sync) { state.files[file.file].makeDurable() }
                if state.lies.contains(.content) { state.files[file.file].spoil(&state.dice) }
            } else if failure != nil {
                // The kernel takes the pages for clean: what is not on the disk now will never get there.
                state.files[file.file].settle(&state.dice)
            }
            if failure != nil { state.files[file.file].failedIn = file.boot }
            try state.end(failure, "sync", file.name)
        }
    }

    fileprivate func forget(_ file: SimulatedFile) {
        state.withLock { $0.files[file.file].forget() }
    }

    fileprivate func size(of file: SimulatedFile) throws(DiskError) -> Int {
        try state.withLock { state throws(DiskError) in
            try state.check(file.boot, "look at")
            return state.files[file.file].cached.count
        }
    }

    fileprivate func truncate(_ file: SimulatedFile, to size: Int) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            try state.check(file.boot, "shorten")
            let failure = try state.begin(.truncate, "shorten", file.name)
            if failure?.happens ?? true, !state.lies.contains(.truncate) {
                let before = state.files[file.file].allocated
                state.files[file.file].truncate(to: size)
                state.room = state.room.map { $0 + max(0, before - size) }
                state.files[file.file].allocated = min(before, size)
            }
            try state.end(failure, "shorten", file.name)
        }
    }

    fileprivate func reserve(_ file: SimulatedFile, upTo size: Int) throws(DiskError) {
        try state.withLock { state throws(DiskError) in
            try state.check(file.boot, "reserve space for")
            var failure = try state.begin(.reserve, "reserve space for", file.name)
            if !state.take(upTo: size, of: file.file) { failure = failure ?? .full }
            try state.end(failure, "reserve space for", file.name)
        }
    }
}

private final class SimulatedFile: DiskFile {
    let disk: SimulatedDisk
    let name: String
    let file: Int
    let boot: Int

    init(disk: SimulatedDisk, name: String, file: Int, boot: Int) {
        self.disk = disk
        self.name = name
        self.file = file
        self.boot = boot
    }

    func write(_ bytes: RawSpan, at offset: Int) throws(DiskError) {
        try disk.write(unsafe bytes.withUnsafeBytes { unsafe Array($0) }, at: offset, of: self)
    }
    func read(into buffer: inout MutableRawSpan, at offset: Int) throws(DiskError) -> Int {
        try disk.read(into: &buffer, at: offset, of: self)
    }
    func sync() throws(DiskError) { try disk.sync(self) }
    func size() throws(DiskError) -> Int { try disk.size(of: self) }
    func truncate(to size: Int) throws(DiskError) { try disk.truncate(self, to: size) }
    func reserve(upTo size: Int) throws(DiskError) { try disk.reserve(self, upTo: size) }
    func forget() { disk.forget(self) }
}

/// Everything behind the lock.
private struct State {
    enum NameChange {
        case set(String, Int)
        case remove(String)
        case rename(String, String, Int)
    }

    var dice: Dice
    let lies: SimulatedDisk.Lies
    var files: [File] = []
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var nameChanges: [NameChange] = []
    var operations = 0
    var offAt: Int?
    var isOff = false
    var boot = 0
    var failures = 0
    var script: [SimulatedDisk.Operation: [SimulatedDisk.Failure]] = [:]
    var room: Int?
    var syncsAfterFailure = 0
    var space = (free: 1 << 40, total: 1 << 40)

    init(dice: Dice, lies: SimulatedDisk.Lies) {
        self.dice = dice
        self.lies = lies
    }

    mutating func note(syncOf file: Int, _ boot: Int) {
        if !isOff, files[file].failedIn == boot { syncsAfterFailure += 1 }
    }

    /// Takes room for a file of this size, beyond what it has.
    ///
    /// - Returns: `false` when there is not so much.
    mutating func take(upTo size: Int, of file: Int) -> Bool {
        let needed = max(0, size - files[file].allocated)
        if let room {
            guard needed <= room else { return false }
            self.room = room - needed
        }
        files[file].allocated += needed
        return true
    }

    func check(_ boot: Int, _ operation: String) throws(DiskError) {
        guard !isOff, boot == self.boot else { throw DiskError(operation, "a disk without power", number: EIO) }
    }

    /// Counts an operation that changes something and decides what becomes of it.
    ///
    /// - Returns: how it fails, or `nil`. When the power goes off it fails as well, done or not.
    mutating func begin(
        _ operation: SimulatedDisk.Operation, _ verb: String, _ name: String
    ) throws(DiskError) -> SimulatedDisk.Failure? {
        try check(boot, verb)
        operations += 1
        if operations == offAt {
            isOff = true
            return SimulatedDisk.Failure(EIO, happens: dice.roll(2) == 0)
        }
        if let failure = script[operation]?.first {
            script[operation]?.removeFirst()
            return failure
        }
        guard failures > 0, dice.roll(1_000) < failures else { return nil }
        return SimulatedDisk.Failure(dice.roll(2) == 0 ? ENOSPC : EIO, happens: dice.roll(2) == 0)
    }

    func end(_ failure: SimulatedDisk.Failure?, _ verb: String, _ name: String) throws(DiskError) {
        if let failure { throw DiskError(verb, name, number: failure.number) }
    }

    mutating func losePower() {
        for file in files.indices {
            files[file].settle(&dice)
            files[file].cached = files[file].durable
        }
        let mode = dice.roll(4)
        for change in nameChanges where mode == 0 || (mode > 1 && dice.roll(2) == 0) {
            switch change {
            case .set(let name, let file): durableNames[name] = file
            case .remove(let name): durableNames[name] = nil
            case .rename(let name, let newName, let file):
                durableNames[name] = nil
                durableNames[newName] = file
            }
        }
        nameChanges = []
        names = durableNames
    }
}

/// A file as the program sees it, as it is on the disk, and what is between the two.
private struct File {
    enum Change {
        case write([UInt8], at: Int)
        case truncate(Int)
    }

    /// A disk writes this much at once or not at all.
    static let sector = 512

    var cached: [UInt8] = []
    var durable: [UInt8] = []
    var changes: [Change] = []
    /// Bytes that it takes on the disk, used or set aside.
    var allocated = 0
    /// The boot in which a sync of it failed.
    var failedIn: Int?
    private var spoiled = 0

    init(cached: [UInt8] = [], durable: [UInt8] = []) {
        self.cached = cached
        self.durable = durable
        allocated = cached.count
    }

    /// What waits to be written stays; the rest is what the disk has.
    mutating func forget() {
        let waiting = changes
        cached = durable
        for change in waiting {
            switch change {
            case .write(let bytes, let offset): Self.put(bytes[...], at: offset, into: &cached)
            case .truncate(let size): Self.resize(&cached, to: size)
            }
        }
    }

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        guard !bytes.isEmpty else { return }
        Self.put(bytes[...], at: offset, into: &cached)
        changes.append(.write(bytes, at: offset))
    }

    mutating func truncate(to size: Int) {
        Self.resize(&cached, to: size)
        changes.append(.truncate(size))
    }

    /// What waits gets to the disk. What an earlier sync lost does not: nothing knows of it any more.
    mutating func makeDurable() {
        for change in changes {
            switch change {
            case .write(let bytes, let offset): Self.put(bytes[...], at: offset, into: &durable)
            case .truncate(let size): Self.resize(&durable, to: size)
            }
        }
        changes = []
    }

    /// Makes one byte wrong that was synced since the last time.
    mutating func spoil(_ dice: inout Dice) {
        guard durable.count > spoiled + 256 else { return }
        durable[spoiled + 256 + dice.roll(durable.count - spoiled - 256)] ^= 0x10
        spoiled = durable.count
    }

    /// Some part of what was not synced reaches the disk, the rest never does.
    mutating func settle(_ dice: inout Dice) {
        defer { changes = [] }
        guard !changes.isEmpty else { return }
        switch dice.roll(4) {
        case 0: makeDurable()
        case 1: return
        default: settleInPart(&dice)
        }
    }

    private mutating func settleInPart(_ dice: inout Dice) {
        var size = durable.count
        var sizes = [size]
        var pieces: [Change] = []
        for change in changes {
            switch change {
            case .truncate(let shorter):
                size = shorter
                pieces.append(change)
            case .write(let bytes, let offset):
                size = max(size, offset + bytes.count)
                var place = 0
                while place < bytes.count {
                    let end = min(bytes.count, ((offset + place) / Self.sector + 1) * Self.sector - offset)
                    pieces.append(.write(Array(bytes[place..<end]), at: offset + place))
                    place = end
                }
            }
            sizes.append(size)
        }
        pieces = pieces.filter { _ in dice.roll(2) == 0 }
        if dice.roll(2) == 0 { pieces.shuffle(using: &dice) }
        let last = dice.pick(sizes)
        let before = durable.count
        for piece in pieces {
            switch piece {
            case .write(let bytes, let offset): Self.put(bytes[...], at: offset, into: &durable)
            case .truncate(let size): if size < durable.count { Self.resize(&durable, to: size) }
            }
        }
        Self.resize(&durable, to: last)
        if dice.roll(4) == 0 { litter(from: before, pieces, &dice) }
    }

    /// Where the file grew and nothing was written, a file system may show what the disk had there before: here, bytes
    /// of the same file, which look most like what is expected.
    private mutating func litter(from start: Int, _ written: [Change], _ dice: inout Dice) {
        guard durable.count > start, start > 0 else { return }
        var isWritten = [Bool](repeating: false, count: durable.count - start)
        for case .write(let bytes, let offset) in written {
            let range = max(offset, start)..<max(offset, start, min(offset + bytes.count, durable.count))
            for place in range { isWritten[place - start] = true }
        }
        let shift = (1 + dice.roll(64)) * 8
        for place in start..<durable.count where !isWritten[place - start] && place >= shift {
            durable[place] = durable[place - shift]
        }
    }

    private static func put(_ bytes: ArraySlice<UInt8>, at offset: Int, into target: inout [UInt8]) {
        if target.count < offset + bytes.count { resize(&target, to: offset + bytes.count) }
        target.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private static func resize(_ target: inout [UInt8], to size: Int) {
        if size <= target.count {
            target.removeLast(target.count - size)
        } else {
            target += [UInt8](repeating: 0, count: size - target.count)
        }
    }
}
