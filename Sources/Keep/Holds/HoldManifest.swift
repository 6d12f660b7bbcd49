public import Codecs
import Events
public import Integrity

/// The list of what an order sealed: what it was for, then a line for each object.
///
/// - Shape: NDJSON; `docs/formats/legal-hold.md`.
public struct HoldManifest: Sendable, Equatable {
    public static let file = "manifest.ndjson"
    static let format = "docket-hold-1"

    /// What the first line says.
    public let head: JSONValue
    public let objects: [HoldObject]
    /// Of its bytes: what the record has.
    public let digest: Digest

    public init(_ bytes: [UInt8]) throws(HoldFlaw) {
        var lines = bytes.split(separator: 10)[...]
        guard bytes.last == 10, let first = lines.popFirst(), let head = try? JSONValue(parsing: Array(first)),
            head["format"]?.string == Self.format
        else { throw HoldFlaw("it is no list of a legal hold, or is not whole") }
        var objects: [HoldObject] = []
        for (place, line) in lines.enumerated() {
            do throws(HoldFlaw) {
                objects.append(try HoldObject(line: Array(line)))
            } catch {
                throw HoldFlaw("line \(place + 2): \(error)")
            }
        }
        self.head = head
        self.objects = objects
        digest = unsafe Digest(of: bytes.span.bytes)
    }

    static func head(_ order: HoldOrder, _ tally: HoldOrder.Tally) -> String {
        let head: JSONValue = [
            "format": .string(format), "order": .string(order.id), "tenant": .string(order.tenant.text),
            "reason": .string(order.reason), "scope": order.scope.value, "requested": order.requested.value,
            "approved": .array(order.approved.map(\.value)), "objects": .integer(Int64(tally.objects)),
            "bytes": .integer(Int64(tally.bytes)), "missing": .integer(Int64(tally.missing)),
        ]
        return head.text
    }
}
