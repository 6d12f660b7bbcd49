/// The host, and perhaps port, that a request is meant for.
///
/// - Source: RFC 3986, section 3.2; RFC 9110, sections 4.2.4 and 7.2: without a user.
enum Authority {
    /// Whether it is one: `docket`, `192.0.2.7:4318` or `[2001:db8::7]:4318`.
    static func isGood(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let first = text.first else { return false }
        guard first == UInt8(ascii: "[") else {
            let host = text.prefix { $0 != UInt8(ascii: ":") }
            return !host.isEmpty && host.allSatisfy(isNameByte) && isPort(text[host.endIndex...])
        }
        guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return false }
        let address = text[text.index(after: text.startIndex)..<end]
        return !address.isEmpty && address.allSatisfy(isAddressByte) && isPort(text[text.index(after: end)...])
    }

    private static func isPort(_ text: some Collection<UInt8>) -> Bool {
        text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What a registered name may have in it; an IPv4 address looks like one.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~%!$&'()*+,;=".utf8.contains(byte)
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}
