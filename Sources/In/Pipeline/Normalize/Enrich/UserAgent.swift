import Codecs
import Events

/// What a user agent says about itself. What it does not say is empty.
struct UserAgent: Sendable, Equatable {
    /// The texts, one behind the other.
    private(set) var bytes: [UInt8] = []
    private(set) var name = ByteRange.empty
    private(set) var version = ByteRange.empty
    private(set) var device = ByteRange.empty
    private(set) var systemName = ByteRange.empty
    private(set) var systemVersion = ByteRange.empty
    /// Name and version of the operating system.
    private(set) var systemFull = ByteRange.empty

    /// The name of what no pattern knows.
    private static let other = Array("Other".utf8)

    init(agent: VersionedName?, system: VersionedName?, device: VersionedName?) {
        name = add(agent?.name ?? Self.other)
        if let version = agent?.version { self.version = add(version) }
        self.device = add(device?.name ?? Self.other)
        guard let system else { return }
        systemName = add(system.name)
        guard let version = system.version else { return }
        systemFull = add(system.name + [UInt8(ascii: " ")] + version)
        systemVersion = ByteRange(start: systemFull.end - version.count, count: version.count)
    }

    private mutating func add(_ text: [UInt8]) -> ByteRange {
        bytes += text
        return ByteRange(start: bytes.count - text.count, count: text.count)
    }
}

/// A name and the numbers of its version, from the greatest to the least.
struct VersionedName: Sendable, Equatable {
    var name: [UInt8]
    var major: [UInt8]?
    var minor: [UInt8]?
    var patch: [UInt8]?
    var build: [UInt8]?

    /// The numbers up to the first that is missing.
    var version: [UInt8]? {
        guard var out = major else { return nil }
        for part in [minor, patch, build] {
            guard let part else { break }
            out.append(UInt8(ascii: "."))
            out += part
        }
        return out
    }
}

/// The fields of user agents, looked up once.
struct UserAgentFields: Sendable {
    private let name, version, device, systemName, systemVersion, systemFull: FieldID

    init(_ catalog: FieldCatalog) {
        name = catalog.known("user_agent.name")
        version = catalog.known("user_agent.version")
        device = catalog.known("user_agent.device.name")
        systemName = catalog.known("user_agent.os.name")
        systemVersion = catalog.known("user_agent.os.version")
        systemFull = catalog.known("user_agent.os.full")
    }

    func set(_ agent: UserAgent, in document: inout Document) {
        let bytes = unsafe agent.bytes.span.bytes
        document.set(name, text: bytes[agent.name])
        document.set(version, text: bytes[agent.version])
        document.set(device, text: bytes[agent.device])
        document.set(systemName, text: bytes[agent.systemName])
        document.set(systemVersion, text: bytes[agent.systemVersion])
        document.set(systemFull, text: bytes[agent.systemFull])
    }
}
