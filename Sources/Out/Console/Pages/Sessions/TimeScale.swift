import Platform

/// Where moments are on a line.
struct TimeScale {
    let start: Timestamp
    let end: Timestamp
    let width: Double
    /// What is shorter is drawn as long as this, so that it is seen.
    let least: Double

    private func place(_ moment: Timestamp) -> Double {
        let whole = Double((end - start).nanoseconds)
        guard whole > 0 else { return 0 }
        return min(max(Double((moment - start).nanoseconds) / whole, 0), 1) * width
    }

    /// A stretch of time as a stretch of the line, all of it on the line.
    func stretch(_ from: Timestamp, _ to: Timestamp) -> (x: Double, width: Double) {
        let left = place(from)
        let width = max(place(to) - left, least)
        return (min(left, self.width - width), width)
    }
}

extension PathLines {
    /// Slanted lines over a rectangle: nobody knows what was there.
    mutating func hatch(x: Double, width: Double, height: Double, step: Double = 8) {
        var offset = 0.0
        while offset < width {
            let run = min(height, width - offset)
            move(x + offset, height)
            line(x + offset + run, height - run)
            offset += step
        }
    }

    /// A torn edge from top to bottom.
    mutating func tear(x: Double, height: Double, step: Double = 4) {
        move(x - 2, 0)
        var (y, isRight) = (step, true)
        while y <= height {
            line(x + (isRight ? 2 : -2), y)
            y += step
            isRight.toggle()
        }
    }
}
