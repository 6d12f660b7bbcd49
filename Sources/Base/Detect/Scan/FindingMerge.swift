import Codecs

/// Puts findings in order, so that none lies over another.
enum FindingMerge {
    /// What lies over one another becomes one: as long as both, and called after the one that matters more, then the one
    /// that begins first, then the longer.
    static func merge(_ findings: inout [Finding], _ detectors: [Detector]) {
        findings.sort { left, right in
            if left.range.start != right.range.start { return left.range.start < right.range.start }
            if left.range.count != right.range.count { return left.range.count > right.range.count }
            return rank(detectors[left.detector]) > rank(detectors[right.detector])
        }
        var kept = 0
        for finding in findings.dropFirst() {
            let last = findings[kept]
            guard finding.range.start < last.range.end else {
                kept += 1
                findings[kept] = finding
                continue
            }
            let isStronger = rank(detectors[finding.detector]) > rank(detectors[last.detector])
            findings[kept] = Finding(
                range: ByteRange(last.range.start..<max(last.range.end, finding.range.end)),
                detector: isStronger ? finding.detector : last.detector)
        }
        findings.removeSubrange((kept + 1)...)
    }

    static func rank(_ detector: Detector) -> Int {
        let strength =
            switch detector.strength {
            case .always: 4
            case .strong: 3
            case .formatted: 2
            case .context: 1
            }
        return (detector.group == .secret ? 10 : 0) + strength
    }
}
