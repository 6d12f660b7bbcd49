import Integrity
public import Platform

/// The last checkpoint of each log that a witness has cosigned.
///
///     docket-witness/v1
///     docket.example.com/all 977 5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8= 1791446400
///
/// The last number is the time of the cosignature, in seconds since 1970.
///
/// - Guarantee: a checkpoint is written down durably before a cosignature over it leaves.
/// - Threads: one at a time.
public final class WitnessBook {
    /// One line.
    struct Line: Equatable {
        var checkpoint: Checkpoint
        var seconds: UInt64
    }

    private static let name = "cosigned"
    private static let head = "docket-witness/v1"

    private let disk: any Disk
    private var lines: [String: Line] = [:]

    /// - Throws: ``WitnessError/book``: without it, it is not known what was cosigned, so nothing can be.
    public init(disk: any Disk) throws(WitnessError) {
        self.disk = disk
        let kept: [UInt8]?
        do throws(DiskError) { kept = try disk.contentsIfThere(of: Self.name) } catch { throw .disk(error) }
        guard let kept else { return }
        let lines = String(decoding: kept, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first == Self.head[...], lines.last == "" else { throw .book }
        for line in lines.dropFirst().dropLast() {
            let words = line.split(separator: " ")
            guard words.count == 4, let seconds = UInt64(words[3]),
                let checkpoint = Checkpoint(text: words[..<3].joined(separator: "\n") + "\n")
            else { throw .book }
            self.lines[checkpoint.origin] = Line(checkpoint: checkpoint, seconds: seconds)
        }
    }

    var isEmpty: Bool { lines.isEmpty }

    /// Whether there is one on this disk, of whatever it says.
    static func isThere(_ disk: any Disk) throws(DiskError) -> Bool { try disk.names().contains(name) }

    /// Begins one in which nothing is cosigned yet.
    static func begin(_ disk: any Disk) throws(DiskError) { try disk.replace(name, with: Array("\(head)\n".utf8)) }

    subscript(origin: String) -> Line? { lines[origin] }

    /// Writes down, durably, what is about to be cosigned.
    func enter(_ checkpoint: Checkpoint, atSeconds seconds: UInt64) throws(DiskError) {
        var next = lines
        next[checkpoint.origin] = Line(checkpoint: checkpoint, seconds: seconds)
        guard next != lines else { return }
        var text = Self.head + "\n"
        for (origin, line) in next.sorted(by: { $0.key < $1.key }) {
            text += "\(origin) \(line.checkpoint.size) \(line.checkpoint.root.base64) \(line.seconds)\n"
        }
        try disk.replace(Self.name, with: Array(text.utf8))
        lines = next
    }
}

/// Why a witness cannot begin.
public enum WitnessError: Error, Sendable, CustomStringConvertible {
    case book
    case key
    case disk(DiskError)

    public var description: String {
        switch self {
        case .book:
            "`cosigned` is missing or cannot be read, so it is not known what was cosigned; restore it from a copy, or retire this "
                + "witness and its key. Nothing is cosigned without it"
        case .key:
            "`key` is missing or cannot be read; restore it from a copy. A new key is a new witness: give it a folder of "
                + "its own"
        case .disk(let error): "\(error)"
        }
    }
}
