public import Codecs

/// A stretch of a text that a detector found.
public struct Finding: Sendable, Equatable {
    public let range: ByteRange
    /// Index into ``DetectorSet/detectors``.
    public let detector: Int
}
