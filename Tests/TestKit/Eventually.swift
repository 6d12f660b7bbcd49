import Glibc

/// Waits until a condition holds, looking every few milliseconds.
///
/// - Returns: false when it did not hold in time.
public func eventually(withinSeconds seconds: Int = 10, _ condition: () -> Bool) -> Bool {
    for _ in 0..<(seconds * 500) {
        if condition() { return true }
        usleep(2_000)
    }
    return condition()
}

/// The same for asynchronous tests, whose thread others need.
public func eventually(
    withinSeconds seconds: Int = 10, _ condition: () -> Bool, isolation: isolated (any Actor)? = #isolation
) async -> Bool {
    for _ in 0..<(seconds * 500) {
        if condition() { return true }
        try? await Task.sleep(nanoseconds: 2_000_000)
    }
    return condition()
}

/// The same for a condition that has to be asked for.
public func comesTrue(
    withinSeconds seconds: Int = 10, isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    for _ in 0..<(seconds * 500) {
        if try await condition() { return true }
        try? await Task.sleep(nanoseconds: 2_000_000)
    }
    return try await condition()
}
