import Codecs

/// Checks that a protobuf record can be read to its last byte.
///
/// What is checked: fields end inside their message, the fields that readers use have the wire type they
/// should have, strings are text, values nest no deeper than ``OTLPLimits/depth``. Unknown fields are let through.
enum OTLPCheck {
    /// - Returns: `nil` for a good record.
    static func record(_ body: RawSpan, _ range: ByteRange, _ signal: OTLPSignal) -> ProtobufError? {
        do throws(ProtobufError) {
            try message(body, range, signal == .logs ? .logRecord : signal == .traces ? .span : .metric, depth: 0)
            return nil
        } catch {
            return error
        }
    }

    /// A resource or a scope.
    static func attributesMessage(_ body: RawSpan, _ range: ByteRange, attributes: UInt32) -> Bool {
        do throws(ProtobufError) {
            try message(body, range, attributes == 1 ? .resource : .scope, depth: 0)
            return true
        } catch {
            return false
        }
    }

    /// The messages of OTLP, as far as their fields are strings or messages.
    private enum Message {
        case resource, scope, logRecord, span, spanEvent, spanLink, status, metric, gauge, sum, histogram, summary
        case numberPoint, histogramPoint, summaryPoint, exemplar, keyValue, anyValue, arrayValue, listOfPairs
        case opaque

        enum Shape {
            /// A string.
            case text
            case message(Message)
            /// A number of this wire type.
            case number(ProtobufCursor.WireType)
            /// Bytes that nobody looks into, or a field that is not known.
            case any
        }

        func shape(_ number: UInt32) -> Shape {
            switch (self, number) {
            case (.keyValue, 1), (.anyValue, 1): .text
            case (.keyValue, 2): .message(.anyValue)
            case (.anyValue, 2), (.anyValue, 3): .number(.varint)
            case (.anyValue, 4): .number(.fixed64)
            case (.anyValue, 5): .message(.arrayValue)
            case (.anyValue, 6): .message(.listOfPairs)
            case (.arrayValue, 1): .message(.anyValue)
            case (.listOfPairs, 1): .message(.keyValue)
            case (.resource, 1), (.scope, 3): .message(.keyValue)
            case (.scope, 1), (.scope, 2): .text
            case (.logRecord, 1), (.logRecord, 11): .number(.fixed64)
            case (.logRecord, 2): .number(.varint)
            case (.logRecord, 3), (.logRecord, 12): .text
            case (.logRecord, 5): .message(.anyValue)
            case (.logRecord, 6): .message(.keyValue)
            case (.span, 3), (.span, 5): .text
            case (.span, 6): .number(.varint)
            case (.span, 7), (.span, 8): .number(.fixed64)
            case (.span, 9): .message(.keyValue)
            case (.span, 11): .message(.spanEvent)
            case (.span, 13): .message(.spanLink)
            case (.span, 15): .message(.status)
            case (.spanEvent, 1), (.numberPoint, 2), (.numberPoint, 3), (.histogramPoint, 2), (.histogramPoint, 3),
                (.summaryPoint, 2), (.summaryPoint, 3):
                .number(.fixed64)
            case (.spanEvent, 2), (.spanLink, 3), (.status, 2): .text
            case (.spanEvent, 3), (.spanLink, 4), (.numberPoint, 7), (.histogramPoint, 9), (.summaryPoint, 7),
                (.exemplar, 7), (.metric, 12):
                .message(.keyValue)
            case (.metric, 1), (.metric, 2), (.metric, 3): .text
            case (.metric, 5): .message(.gauge)
            case (.metric, 7): .message(.sum)
            case (.metric, 9), (.metric, 10): .message(.histogram)
            case (.metric, 11): .message(.summary)
            case (.gauge, 1), (.sum, 1): .message(.numberPoint)
            case (.histogram, 1): .message(.histogramPoint)
            case (.summary, 1): .message(.summaryPoint)
            case (.numberPoint, 5), (.histogramPoint, 8): .message(.exemplar)
            default: .any
            }
        }
    }

    private static func message(
        _ body: RawSpan, _ range: ByteRange, _ kind: Message, depth: Int
    ) throws(ProtobufError) {
        // Record, value, list, value …: each level of a value takes two or three messages.
        guard depth <= OTLPLimits.depth * 3 else { throw ProtobufError(.tooDeep, at: range.start) }
        var cursor = ProtobufCursor(range)
        while let field = try cursor.next(in: body) {
            switch kind.shape(field.number) {
            case .text:
                guard field.wire == .bytes else { throw ProtobufError(.wrongWireType, at: range.start) }
                if let flaw = UTF8Text.firstFlaw(in: body, field.range) { throw ProtobufError(.badUTF8, at: flaw) }
            case .message(let inner):
                guard field.wire == .bytes else { throw ProtobufError(.wrongWireType, at: range.start) }
                try message(body, field.range, inner, depth: depth + 1)
            case .number(let wire):
                guard field.wire == wire else { throw ProtobufError(.wrongWireType, at: range.start) }
            case .any:
                continue
            }
        }
    }
}
