import Journal
import Network
import Platform

extension Configuration {
    /// How much of everything the server takes.
    mutating func readLimits(_ reader: SettingReader) throws(ConfigurationError) {
        if let bytes = try reader.bytes("limits.head_size") { limits.headBytes = bytes }
        if let count = try reader.number("limits.head_fields") { limits.headFields = count }
        if let bytes = try reader.bytes("limits.target_size") { limits.targetBytes = bytes }
        if let count = try reader.number("limits.connections") { limits.connections = count }
        if let count = try reader.number("limits.streams") { limits.streamsPerConnection = count }
        if let span = try reader.duration("limits.idle_time") { limits.idleTime = span }
        if let span = try reader.duration("limits.head_time") { limits.headTime = span }
        if let span = try reader.duration("limits.body_time") { limits.bodyTime = span }
        if let span = try reader.duration("limits.stall_time") { limits.stallTime = span }
        if let count = try reader.number("limits.requests_per_connection") { limits.requestsPerConnection = count }
        if let bytes = try reader.bytes("limits.in_flight_size") { limits.inFlightBytes = bytes }
        if let span = try reader.duration("limits.grace") { grace = span }
        limits.bodyBytes = bodyLimit
        guard limits.inFlightBytes < bodyLimit else { return }
        // Otherwise the largest request that is allowed would be told to come again for ever.
        let (small, large) = ("limits.in_flight_size", "otlp.body_limit")
        throw reader.error(
            at: reader.values[small] == nil ? large : small,
            "`\(small)` (\(limits.inFlightBytes) bytes) must be at least `\(large)` (\(bodyLimit) bytes);"
                + " raise the first or lower the second")
    }

    /// How much of the disk the journal leaves free. Logs and traces never go on longer than everything.
    mutating func readSpace(_ reader: SettingReader) throws(ConfigurationError) {
        if let percent = try reader.number("journal.free_percent") { journal.freePercent = percent }
        if let percent = try reader.number("journal.content_free_percent") { journal.contentFreePercent = percent }
        journal.contentFreePercent = max(journal.contentFreePercent, journal.freePercent)
    }
}
