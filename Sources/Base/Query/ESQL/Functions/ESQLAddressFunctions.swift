/// Functions on addresses.
enum ESQLAddressFunctions {
    static let all: [ESQLFunction] = [
        ESQLFunction("CIDR_MATCH") { arguments throws(QueryError) in
            try arguments.count(2...Int.max)
            let address = try arguments.term(0, .ip)
            var networks: [IPNetwork] = []
            var others: [ESQLTerm] = []
            for place in 1..<arguments.terms.count {
                let term = try arguments.term(place, .string)
                guard let constant = term.constant else {
                    others.append(term)
                    continue
                }
                for text in constant.elements {
                    guard let network = network(text.string) else {
                        throw arguments.error(
                            "'\(text.string)' is not a network", at: term.span,
                            hint: "write `10.0.0.0/8` or `2001:db8::/32`")
                    }
                    networks.append(network)
                }
            }
            return arguments.call(
                .boolean, .single,
                .several { [networks] (values) throws(ESQLProblem) in
                    guard case .address(let address) = values[0] else { return .null }
                    if networks.contains(where: { $0.contains(address) }) { return .boolean(true) }
                    for value in values.dropFirst() {
                        guard let network = network(value.string) else {
                            throw ESQLProblem("'\(value.string)' is not an IP string literal.")
                        }
                        if network.contains(address) { return .boolean(true) }
                    }
                    return .boolean(false)
                }, [address] + others)
        },
        ESQLFunction("IP_PREFIX") { arguments throws(QueryError) in
            try arguments.count(3...3)
            return arguments.call(
                .ip, .single,
                .three { (address, four, six) throws(ESQLProblem) in
                    guard (0...32).contains(four.whole) else {
                        throw ESQLProblem("Prefix length v4 must be in range [0, 32], found \(four.whole)")
                    }
                    guard (0...128).contains(six.whole) else {
                        throw ESQLProblem("Prefix length v6 must be in range [0, 128], found \(six.whole)")
                    }
                    guard case .address(let address) = address else { return .null }
                    let length = address.isVersion4 ? Int(four.whole) : Int(six.whole)
                    return IPNetwork("\(address)/\(length)").map { .address($0.lowest) } ?? .null
                },
                [try arguments.term(0, .ip), try arguments.term(1, .whole), try arguments.term(2, .whole)])
        },
    ]

    /// An address alone is a network of its own.
    private static func network(_ text: String) -> IPNetwork? {
        if let network = IPNetwork(text) { return network }
        guard let address = IPAddress(text) else { return nil }
        return IPNetwork("\(address)/\(address.isVersion4 ? 32 : 128)")
    }
}
