import Codecs
import Integrity
public import Pipeline

/// The digests that make the ids of telemetry, many at a time.
public enum EventDigests {
    public static func make() -> BatchDigest {
        let lanes = DigestLanes()
        return { bytes, ranges, digests in
            var found: [Digest] = []
            lanes.append(digestsOf: ranges.map(\.range), in: bytes, to: &found)
            for digest in found { digest.append(to: &digests) }
        }
    }
}
