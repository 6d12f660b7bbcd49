import Codecs
import Platform

/// Writes dates with milliseconds, and remembers the day, which seldom changes.
struct DateText {
    private var day = Int64.min
    /// `2026-10-08T`, once a day was written.
    private var year = 0
    private var month = 0
    private var dayOfMonth = 0

    /// Bytes of a date.
    static let room = 24

    /// Writes `2026-10-08T08:15:18.137Z`.
    @inline(__always) mutating func put(_ moment: Timestamp, _ pen: inout JSONPen) {
        let length: Int64 = 86_400_000
        let milliseconds = floor(moment.nanoseconds, 1_000_000)
        let day = floor(milliseconds, length)
        if day != self.day {
            let civil = Civil(moment)
            (year, month, dayOfMonth) = (civil.year, civil.month, civil.day)
            self.day = day
        }
        let rest = Int(milliseconds - day * length)
        unsafe pen.put(two: year / 100)
        unsafe pen.put(two: year % 100)
        unsafe pen.put(UInt8(ascii: "-"))
        unsafe pen.put(two: month)
        unsafe pen.put(UInt8(ascii: "-"))
        unsafe pen.put(two: dayOfMonth)
        unsafe pen.put(UInt8(ascii: "T"))
        unsafe pen.put(two: rest / 3_600_000)
        unsafe pen.put(UInt8(ascii: ":"))
        unsafe pen.put(two: rest / 60_000 % 60)
        unsafe pen.put(UInt8(ascii: ":"))
        unsafe pen.put(two: rest / 1_000 % 60)
        unsafe pen.put(UInt8(ascii: "."))
        unsafe pen.put(48 &+ UInt8(truncatingIfNeeded: rest % 1_000 / 100))
        unsafe pen.put(two: rest % 100)
        unsafe pen.put(UInt8(ascii: "Z"))
    }

    private func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        value >= 0 ? value / unit : (value - (unit - 1)) / unit
    }
}
