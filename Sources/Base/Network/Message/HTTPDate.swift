import Glibc

/// Dates as HTTP writes them.
///
/// - Source: RFC 9110 section 5.6.7.
enum HTTPDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(_ secondsSince1970: Int64) -> String {
        var time = time_t(secondsSince1970)
        var civil = unsafe tm()
        unsafe gmtime_r(&time, &civil)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = unsafe "\(days[Int(civil.tm_wday)]), \(two(civil.tm_mday)) \(months[Int(civil.tm_mon)])"
        return
            unsafe "\(day) \(civil.tm_year + 1900) \(two(civil.tm_hour)):\(two(civil.tm_min)):\(two(civil.tm_sec)) GMT"
    }
}
