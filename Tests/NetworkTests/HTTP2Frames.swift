/// HTTP/2 as bytes, for clients that break its rules.
enum HTTP2Frames {
    static let open = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, id: 0)

    static func frame(_ type: UInt8, flags: UInt8 = 0, id: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
        let size = payload.count
        return [UInt8(size >> 16), UInt8(size >> 8 & 255), UInt8(size & 255), type, flags] + word(id) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }

    /// The fields of a request, without compression. `method` 2 is GET, 3 is POST.
    static func request(_ path: String, method: UInt8 = 2, _ fields: [(String, String)] = []) -> [UInt8] {
        var out: [UInt8] = [0x80 | method, 0x86, 0x04, UInt8(path.utf8.count)] + path.utf8 + [0x01, 0x01, 0x61]
        for (name, value) in fields {
            out += [0x00, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
        }
        return out
    }

    static func headers(_ id: UInt32, _ block: [UInt8], ends: Bool = true, isComplete: Bool = true) -> [UInt8] {
        frame(1, flags: (ends ? 1 : 0) | (isComplete ? 4 : 0), id: id, block)
    }

    static func data(_ id: UInt32, _ bytes: [UInt8], ends: Bool = true) -> [UInt8] {
        frame(0, flags: ends ? 1 : 0, id: id, bytes)
    }

    static func reset(_ id: UInt32) -> [UInt8] { frame(3, id: id, word(8)) }

    /// The error codes of all GOAWAY frames among these bytes.
    static func goAways(_ bytes: [UInt8]) -> [UInt32] {
        frames(bytes).filter { $0.type == 7 }.map {
            $0.payload.dropFirst(4).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    static func frames(_ bytes: [UInt8]) -> [(type: UInt8, id: UInt32, payload: ArraySlice<UInt8>)] {
        var out: [(UInt8, UInt32, ArraySlice<UInt8>)] = []
        var place = 0
        while place + 9 <= bytes.count {
            let size = Int(bytes[place]) << 16 | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2])
            let id = bytes[(place + 5)..<(place + 9)].reduce(0) { $0 << 8 | UInt32($1) }
            guard place + 9 + size <= bytes.count else { break }
            out.append((bytes[place + 3], id, bytes[(place + 9)..<(place + 9 + size)]))
            place += 9 + size
        }
        return out
    }
}

extension RawClient {
    func receiveAllBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let more = receive()
            if more.isEmpty { return bytes }
            bytes += more
        }
    }
}
