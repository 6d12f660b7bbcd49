import Codecs
import Platform

/// Writes dates with milliseconds, and remembers the day, which seldom changes.
struct DateText {
    private var day = Int64.min
    /// `2026-10-08T`, once a day was written.
    private var year = 0
    private var month = 0
    private var dayOfMonth = 0

    /// Appends `2026-10-08T08:15:18.137Z`.
    mutating func append(_ moment: Timestamp, to out: inout ByteBuffer) {
        let length: Int64 = 86_400_000
        let milliseconds = floor(moment.nanoseconds, 1_000_000)
        let day = floor(milliseconds, length)
        if day != self.day {
            let civil = Civil(moment)
            (year, month, dayOfMonth) = (civil.year, civil.month, civil.day)
            self.day = day
        }
        let rest = Int(milliseconds - day * length)
        out.append(two: year / 100)
        out.append(two: year % 100)
        out.append(UInt8(ascii: "-"))
        out.append(two: month)
        out.append(UInt8(ascii: "-"))
        out.append(two: dayOfMonth)
        out.append(UInt8(ascii: "T"))
        out.append(two: rest / 3_600_000)
        out.append(UInt8(ascii: ":"))
        out.append(two: rest / 60_000 % 60)
        out.append(UInt8(ascii: ":"))
        out.append(two: rest / 1_000 % 60)
        out.append(UInt8(ascii: "."))
        out.append(48 &+ UInt8(truncatingIfNeeded: rest % 1_000 / 100))
        out.append(two: rest % 100)
        out.append(UInt8(ascii: "Z"))
    }

    private func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        value >= 0 ? value / unit : (value - (unit - 1)) / unit
    }
}

extension ByteBuffer {
    /// Two digits.
    fileprivate mutating func append(two number: Int) {
        append(48 &+ UInt8(truncatingIfNeeded: number / 10))
        append(48 &+ UInt8(truncatingIfNeeded: number % 10))
    }
}
