/// `IP_LOCATION` and `URI_PARTS`: several columns out of one value.
struct ESQLParts {
    let takes: ESQLTypes
    let fields: [(name: String, type: ESQLType)]
    let read: @Sendable (ESQLValue) throws -> [ESQLValue]

    private static let placeFields: [(name: String, type: ESQLType)] = [
        ("continent_name", .keyword), ("country_iso_code", .keyword), ("country_name", .keyword),
        ("region_iso_code", .keyword), ("region_name", .keyword), ("city_name", .keyword), ("timezone", .keyword),
        ("location", .geoPoint),
    ]

    private static let addressFields: [(name: String, type: ESQLType)] = [
        ("domain", .keyword), ("fragment", .keyword), ("path", .keyword), ("extension", .keyword), ("port", .integer),
        ("query", .keyword), ("scheme", .keyword), ("user_info", .keyword), ("username", .keyword),
        ("password", .keyword),
    ]

    init?(_ name: String, options: [ESQLOption], catalog: any ESQLCatalog) {
        switch name.uppercased() {
        case "IP_LOCATION":
            var wanted = Self.placeFields
            if let option = options.first(where: { $0.name == "properties" }) {
                let names: [String]
                switch option.value {
                case .list(let literals):
                    names = literals.compactMap { if case .string(let text) = $0 { text } else { nil } }
                case .string(let text): names = [text]
                default: return nil
                }
                wanted = names.compactMap { name in Self.placeFields.first { $0.name == name.lowercased() } }
                guard wanted.count == names.count else { return nil }
            }
            takes = [.ip, .string]
            fields = wanted
            read = { [wanted] value in
                let address: IPAddress
                switch value {
                case .address(let known): address = known
                default:
                    guard let read = IPAddress(value.string) else {
                        throw ESQLProblem("'\(value.string)' is not an IP string literal.")
                    }
                    address = read
                }
                let place = catalog.place(of: address)
                return wanted.map { place[$0.name] ?? .null }
            }
        case "URI_PARTS":
            takes = .string
            fields = Self.addressFields
            read = { value in
                guard let parts = Self.parts(of: value.string) else {
                    throw ESQLProblem("unable to parse URI [\(value.string.prefix(128))]")
                }
                return Self.addressFields.map { parts[$0.name] ?? .null }
            }
        default: return nil
        }
    }

    /// - Source: RFC 3986, section 3.
    private static func parts(of text: String) -> [String: ESQLValue]? {
        guard !text.contains(where: { $0 == " " || $0.isNewline }) else { return nil }
        var parts: [String: ESQLValue] = [:]
        var rest = text[...]
        if let mark = rest.firstIndex(of: "#") {
            parts["fragment"] = .text(String(rest[rest.index(after: mark)...]))
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            parts["query"] = .text(String(rest[rest.index(after: mark)...]))
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: ":"),
            rest[..<mark].allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) }),
            rest.first?.isLetter == true
        {
            parts["scheme"] = .text(String(rest[..<mark]))
            rest = rest[rest.index(after: mark)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            var authority = rest.prefix { $0 != "/" }
            rest = rest.dropFirst(authority.count)
            if let mark = authority.lastIndex(of: "@") {
                let user = authority[..<mark]
                authority = authority[authority.index(after: mark)...]
                parts["user_info"] = .text(String(user))
                if let colon = user.firstIndex(of: ":") {
                    parts["username"] = .text(String(user[..<colon]))
                    parts["password"] = .text(String(user[user.index(after: colon)...]))
                }
            }
            if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
                let digits = authority[authority.index(after: colon)...]
                if !digits.isEmpty {
                    guard let port = UInt16(digits) else { return nil }
                    parts["port"] = .integer(Int64(port))
                }
                authority = authority[..<colon]
            }
            if !authority.isEmpty { parts["domain"] = .text(String(authority)) }
        }
        parts["path"] = .text(String(rest))
        if let last = rest.split(separator: "/").last, let dot = last.lastIndex(of: "."),
            last.index(after: dot) < last.endIndex
        {
            parts["extension"] = .text(String(last[last.index(after: dot)...]))
        }
        return parts
    }
}
