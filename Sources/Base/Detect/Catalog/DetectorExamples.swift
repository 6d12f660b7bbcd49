import Codecs

/// Whether detectors find what their examples say.
public enum DetectorExamples {
    public struct Failure: Sendable, Equatable, CustomStringConvertible {
        public let detector: String
        public let example: String
        public let message: String

        public init(detector: String, example: String, message: String) {
            self.detector = detector
            self.example = example
            self.message = message
        }

        public var description: String { "\(detector): \(message): \(example)" }
    }

    /// Each detector alone, over its own examples; and all together, over the positive ones.
    public static func failures(of set: DetectorSet) -> [Failure] {
        guard var scanner = TextScanner(set) else {
            return [Failure(detector: "", example: "", message: "no memory")]
        }
        let all = DetectorChoice(set) { _ in true }
        var failures: [Failure] = []
        for detector in set.detectors {
            let alone = DetectorChoice(set) { $0.id == detector.id }
            for example in detector.positive {
                if !finds(example, alone, &scanner) {
                    failures.append(Failure(detector: detector.id, example: example, message: "is not found"))
                } else if !finds(example, all, &scanner) {
                    failures.append(
                        Failure(detector: detector.id, example: example, message: "is lost among the others"))
                }
            }
            for example in detector.negative where finds(example, alone, &scanner) {
                failures.append(Failure(detector: detector.id, example: example, message: "is found and should not be"))
            }
        }
        return failures
    }

    private static func finds(_ text: String, _ choice: DetectorChoice, _ scanner: inout TextScanner) -> Bool {
        let bytes = Array(text.utf8)
        let outcome = unsafe scanner.scan(bytes.span.bytes, choice: choice)
        return outcome == .done && !scanner.findings.isEmpty
    }
}
