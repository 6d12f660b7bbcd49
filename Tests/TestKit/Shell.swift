import Foundation

/// Runs a program of the system.
public enum Shell {
    /// - Returns: its exit code and what it wrote to both outputs; -1 when it is not installed.
    public static func run(_ words: String...) -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return (-1, "") }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let code = process.terminationStatus
        return (code == 127 ? -1 : code, String(decoding: output, as: UTF8.self))
    }

    public static func has(_ program: String) -> Bool { run(program, "--version").code == 0 }
}

/// A folder that goes away with its owner.
public final class TemporaryFolder: Sendable {
    public let path: String

    /// - Parameter place: the folder that it is made in; that for temporary files where none is said.
    public init(in place: String? = nil) throws {
        path = (place.map { $0 + "/" } ?? NSTemporaryDirectory()) + "docket-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    public func file(_ name: String) -> String { "\(path)/\(name)" }

    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}
