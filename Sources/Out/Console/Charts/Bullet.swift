/// How much of a target was reached: a bar, and a line where the target is.
struct Bullet {
    let title: String
    let unit: Unit
    let value: Double
    let target: Double
    /// Whether the numbers stand above the bar; readers of a screen are told them in any case.
    var hasCaption = true

    private static let (width, height) = (1_000.0, 40.0)

    var markup: Markup {
        let top = max(value, target, .leastNonzeroMagnitude) * 1.05
        let share = target > 0 ? ", \(Numbers.exact(value / target, .share)) of it" : ""
        let words = "\(Numbers.exact(value, unit)); the target is \(Numbers.exact(target, unit))\(share)."
        return h(.figure, .class("chart bullet")) {
            if hasCaption { h(.p, .key("value"), .datum(value)) { words } }
            h(
                .svg, .viewBox(width: Int(Self.width), height: Int(Self.height)), .stretched, .role("img"),
                .label("\(title). \(words)")
            ) {
                h(.title) { title }
                h(.desc) { words }
                h(.rect, .class("c1"), .x(0), .y(8), .width(value / top * Self.width), .height(24))
                h(
                    .rect, .class("target"), .key("target"), .datum(target), .x(target / top * Self.width - 3), .y(0),
                    .width(6), .height(Self.height))
            }
        }
    }
}
