import Codecs
import Foundation
import Lookup
import Platform
import TestKit
import Testing

@Suite struct `Databases of addresses` {
    private static let table = """
        198.51.100.0/24\tAmsterdam\tEurope\tNL\tNetherlands\tNH\tNorth Holland\t52.37404\t4.88969\t64501\tDocumentation ASN
        2001:db8::/32\t\t\tES\tSpain\t\t\t\t\t64502\t
        """

    private static let city = RecordPath("city", "names", "en")
    private static let country = RecordPath("country", "iso_code")
    private static let region = RecordPath("subdivisions", "-1", "iso_code")
    private static let latitude = RecordPath("location", "latitude")
    private static let number = RecordPath("autonomous_system_number")

    /// The texts of a record, `-` for what is not there.
    private func find(_ address: String, in database: AddressDatabase) -> String {
        var out = ""
        let bytes = Array(address.utf8)
        let answer = unsafe database.find(bytes.span.bytes) { record in
            out = [Self.city, Self.country, Self.region].map { record.text($0)?.text ?? "-" }.joined(separator: " ")
            out += " " + (record.double(Self.latitude)?.description ?? "-")
        }
        return answer == .found ? out : "\(answer)"
    }

    @Test func `An address is found in its network alone`() throws {
        let files = try AddressFiles(Self.table)
        let database = try AddressDatabase(path: files.city, .city)
        #expect(database.type == "GeoLite2-City")
        #expect(database.built == Int(AddressFiles.built))
        #expect(find("198.51.100.0", in: database) == "Amsterdam NL NH 52.37404")
        #expect(find("198.51.100.255", in: database) == "Amsterdam NL NH 52.37404")
        #expect(find("198.51.101.0", in: database) == "absent")
        #expect(find("2001:db8::1", in: database) == "- ES X -")
        #expect(find("2001:db9::1", in: database) == "absent")
    }

    @Test func `An IPv4 address in the clothes of IPv6 is an IPv4 address`() throws {
        let files = try AddressFiles(Self.table)
        let database = try AddressDatabase(path: files.city, .city)
        #expect(find("::ffff:198.51.100.7", in: database) == "Amsterdam NL NH 52.37404")
        #expect(find("::ffff:198.51.101.7", in: database) == "absent")
    }

    @Test(arguments: ["", "1", "198.51.100", "198.51.100.7 ", "198.51.100.7\u{0}", "::1%lo", "example.com"])
    func `What is no address is not there`(text: String) throws {
        let files = try AddressFiles(Self.table)
        #expect(find(text, in: try AddressDatabase(path: files.city, .city)) == "absent")
    }

    @Test func `A value of another type is not there`() throws {
        let files = try AddressFiles(Self.table)
        let database = try AddressDatabase(path: files.network, .network)
        let bytes = Array("198.51.100.1".utf8)
        let answer = unsafe database.find(bytes.span.bytes) { record in
            #expect(record.number(Self.number) == 64_501)
            #expect(record.text(Self.number)?.text == nil)
            #expect(record.double(Self.number) == nil)
            #expect(record.number(RecordPath("autonomous_system_number", "deeper")) == nil)
        }
        #expect(answer == .found)
    }

    @Test func `A database stays what it was when its file is written over`() throws {
        let files = try AddressFiles(Self.table)
        let database = try AddressDatabase(path: files.city, .city)
        try Data().write(to: URL(filePath: files.city))
        #expect(find("198.51.100.1", in: database) == "Amsterdam NL NH 52.37404")
    }

    @Test func `A file that cannot be used is told with the remedy`() throws {
        let files = try AddressFiles(Self.table)
        func flaw(_ path: String, _ topic: AddressTopic) -> String? {
            do throws(AddressDatabaseError) {
                _ = try AddressDatabase(path: path, topic)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(flaw("/nowhere/a.mmdb", .city) == "cannot open /nowhere/a.mmdb: No such file or directory")
        #expect(flaw("/tmp", .city) == "cannot read /tmp: Is a directory")
        #expect(flaw("/dev/zero", .city)?.hasPrefix("cannot read /dev/zero: ") == true)
        #expect(
            flaw(files.city, .network)
                == "\(files.city) is a database of the type `GeoLite2-City`; here belongs one such as GeoLite2-ASN")
        try Data("no database".utf8).write(to: URL(filePath: files.city))
        #expect(flaw(files.city, .city)?.hasPrefix("\(files.city) is not a database of addresses") == true)
    }

    /// A download that broke off, a disk that lies: whatever is in the file, the process lives.
    @Test(arguments: 0..<8)
    func `A database with wrong bytes is refused or answers, and that is all`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let files = try AddressFiles(Self.table)
        let right = try Data(contentsOf: URL(filePath: files.city))
        for _ in 0..<60 {
            var bytes = Array(right)
            for _ in 0..<1 + dice.roll(12) { bytes[dice.roll(bytes.count)] = UInt8(dice.roll(256)) }
            if dice.roll(4) == 0 { bytes.removeLast(1 + dice.roll(bytes.count - 1)) }
            try Data(bytes).write(to: URL(filePath: files.city))
            guard let database = try? AddressDatabase(path: files.city, .city) else { continue }
            for address in ["198.51.100.1", "2001:db8::1", "0.0.0.0", "ffff::"] { _ = find(address, in: database) }
        }
        try right.write(to: URL(filePath: files.city))
        #expect(find("198.51.100.1", in: try AddressDatabase(path: files.city, .city)) == "Amsterdam NL NH 52.37404")
    }
}
