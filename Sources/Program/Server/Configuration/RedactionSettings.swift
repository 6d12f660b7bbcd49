import Detect
public import Pipeline
import Platform

/// What a server is told of redaction.
public struct RedactionConfiguration: Sendable {
    public var isOn = true
    /// Rules of what is done with what is found.
    public var policyFile: String?
    /// Detectors besides Docket's own.
    public var detectorFile: String?

    public init() {}

    init(_ reader: SettingReader) throws(ConfigurationError) {
        isOn = try reader.text("redaction.mode") != "off"
        policyFile = try reader.text("redaction.policy")
        detectorFile = try reader.text("redaction.detectors")
        guard policyFile != nil || detectorFile != nil else { return }
        do throws(StartError) {
            _ = try policy()
        } catch {
            let isOfPolicy = policyFile.map { error.description.hasPrefix($0) } ?? false
            throw reader.error(at: isOfPolicy ? "redaction.policy" : "redaction.detectors", error.description)
        }
    }

    /// Reads the files.
    public func policy() throws(StartError) -> RedactionPolicy {
        do throws(DetectorError) {
            var set = DetectorSet.standard
            if let detectorFile {
                set = try DetectorSet(DetectorSet.standardFiles + [(detectorFile, try Self.contents(detectorFile))])
                if let failure = DetectorExamples.failures(of: set).first {
                    throw DetectorError(
                        file: detectorFile, line: 1, column: 1,
                        message: "`\(failure.detector)`: the example `\(failure.example)` \(failure.message)")
                }
            }
            guard let policyFile else { return RedactionPolicy(set, isOn: isOn) }
            return try RedactionPolicy(
                parsing: try Self.contents(policyFile), file: policyFile, set: set, isOn: isOn)
        } catch {
            throw StartError("\(error)")
        }
    }

    private static func contents(_ path: String) throws(DetectorError) -> [UInt8] {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        do throws(DiskError) {
            return try FolderDisk(folder: folder).contents(of: name)
        } catch {
            throw DetectorError(file: path, line: 1, column: 1, message: "\(error)")
        }
    }
}
