/// Why a file of detectors cannot be used. It names the place and what to write instead.
public struct DetectorError: Error, Sendable, Equatable, CustomStringConvertible {
    public let file: String
    /// Counts from 1.
    public let line: Int
    public let column: Int
    public let message: String

    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    public var description: String { "\(file):\(line):\(column): \(message)" }
}
