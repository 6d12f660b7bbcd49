public import Codecs
import Platform

extension SearchHit {
    /// `{"id":"…","time":"…","stream":"…","document":{…}}`
    ///
    /// - Parameter document: what is shown of it; `nil` for all of it, byte for byte as stored.
    public func write(_ document: [UInt8]? = nil, to out: inout ByteBuffer) {
        out.append("{\"id\":" as StaticString)
        out.append(jsonString: id)
        out.append(",\"time\":\"" as StaticString)
        out.append(text: RFC3339.text(time, digits: 9))
        out.append("\",\"stream\":" as StaticString)
        out.append(jsonString: stream)
        out.append(",\"document\":" as StaticString)
        out.append(document ?? self.document)
        out.append(UInt8(ascii: "}"))
    }
}

extension EQLAnswer.Sequence {
    /// `{"join_keys":[…],"events":[…]}`, with null where an event stayed away.
    ///
    /// - Parameter document: what is shown of a hit's document; `nil` for all of it.
    public func write(to out: inout ByteBuffer, _ document: (SearchHit) -> [UInt8]? = { _ in nil }) {
        out.append("{\"join_keys\":" as StaticString)
        JSONValue.array(key.values.map { $0?.json ?? .null }).write(to: &out)
        out.append(",\"events\":[" as StaticString)
        for (place, hit) in events.enumerated() {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            if let hit { hit.write(document(hit), to: &out) } else { out.append("null" as StaticString) }
        }
        out.append("]}" as StaticString)
    }
}

extension FieldValue {
    fileprivate var json: JSONValue {
        switch self {
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .boolean(let flag): .bool(flag)
        case .text, .date, .ip: .string(text)
        }
    }
}
