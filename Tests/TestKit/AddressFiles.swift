import Foundation

/// Databases of addresses made from a table, files that go away with the value.
///
/// The table has a line for each network, its columns apart by tabs: network, city, continent, country code, country,
/// region code, region, latitude, longitude, number and owner of the autonomous system. An empty cell is nothing.
public final class AddressFiles {
    public let city: String
    public let network: String

    /// Moments at which the databases claim to be made.
    public static let built: UInt64 = 1_790_000_000

    public init(_ table: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "docket-addresses-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        city = folder.appending(path: "city.mmdb").path
        network = folder.appending(path: "asn.mmdb").path
        try Data(Self.cities(table)).write(to: URL(filePath: city))
        try Data(Self.networks(table)).write(to: URL(filePath: network))
    }

    deinit { try? FileManager.default.removeItem(at: URL(filePath: city).deletingLastPathComponent()) }

    public static func cities(_ table: String) -> [UInt8] {
        let networks = rows(table).map { row in
            (
                row[0],
                MMDBValue.map([
                    ("city", named(row[1])), ("continent", named(row[2])),
                    ("country", coded(row[3], row[4])),
                    ("location", .map([("latitude", .double(row[7])), ("longitude", .double(row[8]))])),
                    // The smallest region stands last.
                    ("subdivisions", .list([coded("X", "Greater region"), coded(row[5], row[6])])),
                ])
            )
        }
        return MMDBWriter.database("GeoLite2-City", networks, built: built)
    }

    public static func networks(_ table: String) -> [UInt8] {
        let networks = rows(table).map { row in
            (
                row[0],
                MMDBValue.map([
                    ("autonomous_system_number", .number(row[9])), ("autonomous_system_organization", .text(row[10])),
                ])
            )
        }
        return MMDBWriter.database("GeoLite2-ASN", networks, built: built)
    }

    private static func rows(_ table: String) -> [[String]] {
        table.split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            precondition(cells.count == 11, "a network has 11 columns: \(line)")
            return cells
        }
    }

    private static func named(_ name: String) -> MMDBValue { .map([("names", .map([("en", .text(name))]))]) }

    private static func coded(_ code: String, _ name: String) -> MMDBValue {
        .map([("iso_code", .text(code)), ("names", .map([("en", .text(name))]))])
    }
}

/// A value of a MaxMind database. Empty texts and what holds nothing are left out.
public enum MMDBValue: Sendable {
    case text(String)
    case double(String)
    /// An unsigned number of 32 bits.
    case number(String)
    case large(UInt64)
    case short(UInt16)
    case map([(String, MMDBValue)])
    case list([MMDBValue])

    var isEmpty: Bool {
        switch self {
        case .text(let text), .double(let text), .number(let text): text.isEmpty
        case .large, .short: false
        case .map(let members): members.allSatisfy(\.1.isEmpty)
        case .list(let elements): elements.allSatisfy(\.isEmpty)
        }
    }

    /// - Source: MaxMind DB file format specification 2.0, *Output data section*.
    func append(to out: inout [UInt8]) {
        switch self {
        case .text(let text):
            Self.control(2, text.utf8.count, &out)
            out += Array(text.utf8)
        case .double(let text): Self.put(3, (Double(text) ?? 0).bitPattern, &out)
        case .number(let text): Self.put(6, UInt32(text) ?? 0, &out)
        case .large(let number): Self.put(9, number, &out)
        case .short(let number): Self.put(5, number, &out)
        case .map(let members):
            let members = members.filter { !$0.1.isEmpty }
            Self.control(7, members.count, &out)
            for (name, value) in members {
                MMDBValue.text(name).append(to: &out)
                value.append(to: &out)
            }
        case .list(let elements):
            let elements = elements.filter { !$0.isEmpty }
            Self.control(11, elements.count, &out)
            for element in elements { element.append(to: &out) }
        }
    }

    private static func control(_ type: UInt8, _ size: Int, _ out: inout [UInt8]) {
        precondition(size < 285)
        out.append((type > 7 ? 0 : type << 5) | UInt8(min(size, 29)))
        if type > 7 { out.append(type - 7) }
        if size >= 29 { out.append(UInt8(size - 29)) }
    }

    private static func put<Number: FixedWidthInteger>(_ type: UInt8, _ number: Number, _ out: inout [UInt8]) {
        control(type, Number.bitWidth / 8, &out)
        out += unsafe withUnsafeBytes(of: number.bigEndian) { unsafe Array($0) }
    }
}

/// Writes MaxMind databases of a few networks.
public enum MMDBWriter {
    /// - Parameter networks: such as `192.0.2.0/24` or `2001:db8::/32`, apart from one another.
    public static func database(_ type: String, _ networks: [(String, MMDBValue)], built: UInt64) -> [UInt8] {
        enum Record { case nothing, node(Int), data(Int) }
        var nodes: [[Record]] = [[.nothing, .nothing]]
        var data: [UInt8] = []
        for (network, value) in networks where !value.isEmpty {
            let bits = bits(network)
            var node = 0
            for bit in bits.dropLast() {
                if case .node(let next) = nodes[node][bit] {
                    node = next
                } else {
                    nodes.append([.nothing, .nothing])
                    nodes[node][bit] = .node(nodes.count - 1)
                    node = nodes.count - 1
                }
            }
            nodes[node][bits[bits.count - 1]] = .data(data.count)
            value.append(to: &data)
        }
        var out: [UInt8] = []
        for record in nodes.joined() {
            let number =
                switch record {
                case .nothing: nodes.count
                case .node(let node): node
                case .data(let offset): nodes.count + 16 + offset
                }
            out += [UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
        }
        out += [UInt8](repeating: 0, count: 16) + data
        out += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
        MMDBValue.map([
            ("node_count", .number("\(nodes.count)")), ("record_size", .short(24)), ("ip_version", .short(6)),
            ("database_type", .text(type)), ("languages", .list([.text("en")])),
            ("binary_format_major_version", .short(2)), ("binary_format_minor_version", .short(0)),
            ("build_epoch", .large(built)), ("description", .map([("en", .text("A test"))])),
        ]).append(to: &out)
        return out
    }

    /// The bits of a network; IPv4 lies below `::/96`.
    private static func bits(_ network: String) -> [Int] {
        let parts = network.split(separator: "/")
        var bytes = [UInt8](repeating: 0, count: 16)
        let address = String(parts[0])
        let isFour = unsafe inet_pton(AF_INET, address, &bytes) == 1
        if isFour {
            bytes = [UInt8](repeating: 0, count: 12) + bytes[..<4]
        } else {
            precondition(unsafe inet_pton(AF_INET6, address, &bytes) == 1, "no network: \(network)")
        }
        guard let length = Int(parts[1]) else { preconditionFailure("no network: \(network)") }
        return (0..<length + (isFour ? 96 : 0)).map { Int(bytes[$0 / 8] >> (7 - UInt8($0 % 8)) & 1) }
    }
}
