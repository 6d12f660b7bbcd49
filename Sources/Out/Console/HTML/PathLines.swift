/// The lines of an SVG path. Only numbers get into it.
struct PathLines: Sendable, Equatable {
    private(set) var text = ""

    mutating func move(_ x: Double, _ y: Double) { add("M", x, y) }
    mutating func line(_ x: Double, _ y: Double) { add("L", x, y) }
    mutating func close() { text += "Z" }

    /// A rectangle of its own.
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double) {
        add("M", x, y)
        text += "h\(Attribute.short(width))v\(Attribute.short(height))h\(Attribute.short(-width))Z"
    }

    var isEmpty: Bool { text.isEmpty }

    private mutating func add(_ command: String, _ x: Double, _ y: Double) {
        text += "\(command)\(Attribute.short(x)) \(Attribute.short(y))"
    }
}
