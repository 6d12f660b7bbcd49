import Codecs
import Lookup
import Platform
import Query
import Store

/// Lists that queries join events with: the CSV files of a folder, each read again when it has changed.
///
/// - Threads: any.
final class QueryLists: Sendable {
    private struct Known {
        let stamp: FileStamp
        let lookup: ESQLLookup
    }

    /// - Unit: bytes.
    private static let sizeLimit = 16 << 20

    private let folder: String?
    private let places: AddressBook
    private let log: Log
    private let known = Locked<[String: Known]>([:])

    /// - Parameter folder: `nil` for no lists.
    /// - Throws: which file is no list, and why.
    init(folder: String?, places: AddressBook, log: Log) throws(StartError) {
        self.folder = folder
        self.places = places
        self.log = log
        for name in names {
            do throws(StartError) {
                _ = try read(name)
            } catch {
                throw StartError("store.lists: \(error)")
            }
        }
    }

    /// Of the files that are there now.
    var names: [String] {
        guard let folder, let names = try? FolderDisk(folder: folder).names() else { return [] }
        return names.filter { $0.hasSuffix(".csv") }.map { String($0.dropLast(4)) }.filter(Self.isName).sorted()
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: "-")
            }
    }

    func place(of address: IPAddress) -> [String: ESQLValue] { places.place(of: address) }

    func lookup(_ name: String) -> ESQLLookup? {
        do throws(StartError) {
            return try read(name)
        } catch {
            log.error("a list was not taken; the one before stays in use", ("reason", .text("\(error)")))
            return known.withLock { $0[name]?.lookup }
        }
    }

    private func read(_ name: String) throws(StartError) -> ESQLLookup? {
        guard let folder, Self.isName(name), let stamp = FileStamp(of: "\(folder)/\(name).csv") else { return nil }
        if let known = known.withLock({ $0[name] }), known.stamp == stamp { return known.lookup }
        let lookup: ESQLLookup
        do {
            let bytes = try FolderDisk(folder: folder).contents(of: "\(name).csv")
            guard bytes.count <= Self.sizeLimit else {
                throw StartError("\(folder)/\(name).csv is larger than \(Self.sizeLimit >> 20) MiB")
            }
            lookup = try ESQLLookup(named: name, csv: bytes)
        } catch let error as ListError {
            throw StartError("\(folder)/\(name).csv: \(error)")
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("\(error)")
        }
        known.withLock { $0[name] = Known(stamp: stamp, lookup: lookup) }
        return lookup
    }
}

/// The database of places that is in use, for queries.
final class AddressBook: Sendable {
    private static let texts: [(name: String, path: RecordPath)] = [
        ("city_name", .cityName), ("continent_name", .continentName), ("country_iso_code", .countryCode),
        ("country_name", .countryName), ("region_iso_code", .regionCode), ("region_name", .regionName),
    ]

    private let database = Locked<AddressDatabase?>(nil)

    func use(_ database: AddressDatabase?) { self.database.withLock { $0 = database } }

    /// What is known of an address, by the names that `IP_LOCATION` has for it.
    func place(of address: IPAddress) -> [String: ESQLValue] {
        guard let database = database.withLock({ $0 }) else { return [:] }
        var place: [String: ESQLValue] = [:]
        let text = Array(address.description.utf8)
        _ = unsafe database.find(text.span.bytes) { record in
            for (name, path) in Self.texts {
                guard let span = record.text(path) else { continue }
                place[name] = .text(span.text)
            }
            if let y = record.double(.latitude), let x = record.double(.longitude) {
                place["location"] = .point(x, y)
            }
        }
        return place
    }
}
