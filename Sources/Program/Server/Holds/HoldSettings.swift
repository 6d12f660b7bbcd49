import Events
import Intake
import Integrity
import Platform

/// Where and how content is held for a legal dispute; there is none unless somebody turns it on.
struct HoldConfiguration: Sendable {
    /// Whose API, with the key that reads content.
    var feed: FeedConfiguration
    var recipients: [AgeRecipient]
    /// The directory of the archive.
    var archive: String
    var limits = HoldLimits()
}

/// What an order may take.
struct HoldLimits: Sendable {
    var objects = 100_000
    /// - Unit: bytes, sealed.
    var bytes = 50 << 30
    /// The largest file. - Unit: bytes
    var objectSize = 64 << 20
}

extension SettingReader {
    /// - Parameter feeds: all that are configured.
    /// - Returns: `nil` when nothing is to be held.
    func hold(
        _ environment: [String: String], feeds: [FeedConfiguration]
    ) throws(ConfigurationError) -> HoldConfiguration? {
        let isOn = try flag("legal_hold.enabled") ?? false
        // What is written is checked also where it is off.
        let name = try text("legal_hold.feed")
        let key = try secret("legal_hold.key", environment: environment)
        let file = try text("legal_hold.recipients")
        let archive = try text("legal_hold.archive")
        var limits = HoldLimits()
        if let count = try number("legal_hold.objects") { limits.objects = count }
        if let size = try bytes("legal_hold.bytes") { limits.bytes = size }
        if let size = try bytes("legal_hold.object_size") { limits.objectSize = size }
        guard isOn else { return nil }
        guard let name, var feed = feeds.first(where: { $0.name.text == name }) else {
            let words = feeds.map { "`\($0.name)`" }.joined(separator: ", ")
            throw error(
                at: "legal_hold.feed",
                "`legal_hold.feed` must be the name of a feed: \(words.isEmpty ? "there is none" : words)")
        }
        if let key { feed.key = FeedKey(key) }
        guard feed.key.kind != .admin, feed.key.kind != .claude else {
            throw error(
                at: "legal_hold.key",
                "content is read with a Compliance Access Key (sk-ant-api01-…) that has read:compliance_user_data")
        }
        guard let archive, archive.hasPrefix("/") else {
            throw error(at: "legal_hold.archive", "`legal_hold.archive` must be the whole path of a directory")
        }
        guard let file else {
            throw error(
                at: "legal_hold.recipients",
                "who can open what is held? `legal_hold.recipients` is a file of public keys, as `age-keygen` prints them"
            )
        }
        return HoldConfiguration(
            feed: feed, recipients: try recipients(file), archive: archive, limits: limits)
    }

    private func recipients(_ file: String) throws(ConfigurationError) -> [AgeRecipient] {
        let slash = file.lastIndex(of: "/")
        let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        let name = String(file[(slash.map { file.index(after: $0) } ?? file.startIndex)...])
        let text: String
        do throws(DiskError) {
            text = String(decoding: try FolderDisk(folder: folder, readsOnly: true).contents(of: name), as: UTF8.self)
        } catch {
            throw self.error(at: "legal_hold.recipients", "\(error)")
        }
        switch AgeRecipient.all(in: text) {
        case .success(let recipients): return recipients
        case .failure(let flaw):
            let place = flaw.line == 0 ? "there is no key in it" : "line \(flaw.line) is none"
            throw self.error(
                at: "legal_hold.recipients",
                "`\(file)` must have public keys that begin with `age1`, one a line; \(place). Make one with "
                    + "`age-keygen`, on another machine than this")
        }
    }
}

extension Setting {
    static let hold = [
        Setting(
            "legal_hold.enabled", .flag, "false",
            "Whether content may be held for a legal dispute, by orders that two others approve. See "
                + "docs/guides/legal-hold.md."),
        Setting("legal_hold.feed", .text, "", "The name of the feed whose organization it is."),
        Setting(
            "legal_hold.key", .secret, "",
            "A Compliance Access Key that may read content; without it that of the feed."),
        Setting(
            "legal_hold.recipients", .path, "",
            "Public keys that begin with `age1`, one a line: who can open what is held. The server cannot."),
        Setting(
            "legal_hold.archive", .text, "",
            "The directory that sealed objects go to. It must be there; for each order it gets a folder."),
        Setting("legal_hold.objects", .number(1...10_000_000), "100000", "Objects of one order at the most."),
        Setting("legal_hold.bytes", .bytes(1 << 20...1 << 50), "50GiB", "Sealed bytes of one order at the most."),
        Setting(
            "legal_hold.object_size", .bytes(1 << 20...1 << 30), "64MiB",
            "The largest file that is held; it is in memory while it is sealed. A larger one is listed as missing."),
    ]
}
