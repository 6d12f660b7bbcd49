import Glibc

/// What a loop costs, told for each event.
struct Meter {
    private let cpu = Self.cpuSeconds()
    private let wall = Self.wallSeconds()

    /// Prints events per CPU-second, microseconds and bytes for each event.
    func report(_ name: String, events: Int, bytesIn: Int, bytesOut: Int) {
        let cpu = Self.cpuSeconds() - cpu
        let wall = Self.wallSeconds() - wall
        let rate = Int(Double(events) / cpu)
        let nanoseconds = Int(cpu / Double(events) * 1e9)
        print(
            "\(name): \(rate) events/CPU-s, \(nanoseconds) ns each, \(bytesIn / events) B in, "
                + "\(bytesOut / events) B out, \(events) events, \(Int(wall * 1_000)) ms wall")
    }

    static func cpuSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    /// The most memory that the process had.
    static func residentMegabytes() -> Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1_024
    }

    static func wallSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
