import CDuckDB

/// Why the query engine did not do what it was asked.
///
/// `description` is safe for anyone: it says what kind of thing went wrong and where in the statement, in
/// words of our own. `debugDescription` adds the statement and what the engine said about it. Neither
/// shows a value: the engine's message is dropped where it may quote one, and bound parameters are never
/// part of the statement.
public struct DuckDBError: Error, Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// There is no library to load, or it is not one that will do.
        case library
        /// The statement is not SQL.
        case syntax
        /// The statement names what does not exist, or mixes types.
        case binding
        /// A value cannot become what the statement wants it to be.
        case value
        case cancelled
        case memory
        case file
        /// Outside the allowed directories, or a setting that is locked.
        case permission
        /// The connection still has a result that nobody read to its end.
        case busy
        /// A mistake inside the engine. The database must be opened again.
        case engine
        case other
    }

    public let kind: Kind
    /// Where in the statement, counted in bytes.
    public let position: Int?
    private let message: String
    private let sql: String

    init(_ kind: Kind, _ message: String, position: Int? = nil, sql: String = "") {
        self.kind = kind
        self.position = position
        self.message = message
        self.sql = sql
    }

    /// Reads what the engine says: `Parser Error: {"exception_type":…,"exception_message":…,"position":"14"}`,
    /// as the setting `errors_as_json` makes it, or a plain text where that setting does not reach.
    init(said text: String, about sql: String) {
        let name = Self.member("exception_type", of: text) ?? String(text.prefix { $0 != ":" })
        let kind = Self.kind(of: name)
        let message = Self.member("exception_message", of: text) ?? text
        // The first line only: the others quote the statement or suggest names.
        let line = message.prefix { !$0.isNewline }
        self.init(
            kind, Self.mayQuoteValues(kind) ? "" : String(line),
            position: Self.member("position", of: text).flatMap { Int($0) }, sql: sql)
    }

    private static func mayQuoteValues(_ kind: Kind) -> Bool {
        switch kind {
        case .value, .other, .engine: true
        case .library, .syntax, .binding, .cancelled, .memory, .file, .permission, .busy: false
        }
    }

    private static func kind(of name: String) -> Kind {
        switch name.hasSuffix(" Error") ? String(name.dropLast(6)) : name {
        case "Parser", "Syntax": .syntax
        case "Binder", "Catalog", "Parameter Not Resolved", "Parameter Not Allowed", "Invalid type",
            "Mismatch Type", "Not implemented", "Missing Extension", "Extension Autoloading":
            .binding
        case "Conversion", "Out of Range", "Divide by Zero", "Decimal", "Constraint", "Invalid Input": .value
        case "INTERRUPT", "Interrupt": .cancelled
        case "Out of Memory": .memory
        case "IO", "Data Corruption": .file
        case "Permission", "Invalid Configuration", "Settings": .permission
        case "Resource In Use": .busy
        case "INTERNAL", "Internal", "FATAL", "Fatal": .engine
        default: .other
        }
    }

    /// The text of one member of the engine's JSON object. A quote inside a text has a backslash before it, so
    /// `"name":"` cannot be found where it is not a member.
    private static func member(_ name: String, of text: String) -> String? {
        let bytes = Array(text.utf8)
        let key = Array("\"\(name)\":\"".utf8)
        guard bytes.count >= key.count,
            var place = (0...bytes.count - key.count).first(where: { bytes[$0..<$0 + key.count].elementsEqual(key) })
        else { return nil }
        place += key.count
        var value: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count {
                place += 1
                value.append(bytes[place] == UInt8(ascii: "n") ? 10 : bytes[place])
            } else {
                value.append(bytes[place])
            }
            place += 1
        }
        return String(decoding: value, as: UTF8.self)
    }
}

extension DuckDBError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        let place = position.map { ", at byte \($0) of the statement" } ?? ""
        return switch kind {
        case .library: message
        case .syntax: "The query engine could not read the statement\(place)."
        case .binding: "The statement names something unknown or mixes types\(place)."
        case .value: "A value does not fit what the statement does with it\(place)."
        case .cancelled: "The query was cancelled."
        case .memory: "The query needs more memory than it may have."
        case .file: "The query engine could not read or write a file."
        case .permission: "The statement asks for what the query engine may not do."
        case .busy: "The connection is still busy with another result."
        case .engine: "The query engine failed and must be started again."
        case .other: "The query engine refused the statement\(place)."
        }
    }

    public var debugDescription: String {
        var text = description
        if kind != .library, !message.isEmpty { text += " It says: \(message)" }
        if !sql.isEmpty { text += " Statement: \(sql)" }
        return text
    }
}
