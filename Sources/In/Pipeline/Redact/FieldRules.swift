import Detect

/// What is done in one field: how its text is treated, and what becomes of what each detector finds.
struct FieldRules: Sendable {
    var treatment: FieldTreatment
    /// By the numbers of the detectors.
    var actions: [Detector.Action]
    /// Those that are looked for: all whose findings do not stay.
    var choice: DetectorChoice

    init(_ set: DetectorSet, treatment: FieldTreatment, actions: [Detector.Action]) {
        self.treatment = treatment
        self.actions = zip(set.detectors, actions).map { detector, action in
            // No policy keeps what is always masked, or shows a part of it.
            detector.isAlways && (action == .keep || action == .partial) ? .mask : action
        }
        let wanted = self.actions
        var number = -1
        choice = DetectorChoice(set) { _ in
            number += 1
            return wanted[number] != .keep
        }
    }
}

/// The rules of all fields of one source of one tenant.
final class SourceRules: Sendable {
    /// Those of fields that have none of their own come first, then those of fields that stay as they are.
    private let all: [FieldRules]
    private let names: NameTable
    /// By the numbers of names: whose rules they have.
    private let numbers: [Int32]
    /// Whether no text is so short that nothing becomes of it.
    let mindsShortTexts: Bool

    /// What is done in a field, by its number.
    struct Number: Equatable {
        fileprivate let value: Int32
        /// Most texts of telemetry say who, where and how many.
        static let kept = Number(value: 1)
    }

    init(_ policy: RedactionPolicy, tenant: String, source: String) {
        let rules = policy.rules.filter { ($0.tenant ?? tenant) == tenant && ($0.source ?? source) == source }
        let fields = Set(rules.compactMap(\.field)).sorted()
        let set = policy.set
        var all = [
            Self.rules(set, rules.filter { $0.field == nil }, .scan, isOn: policy.isOn),
            FieldRules(set, treatment: .keep, actions: set.detectors.map { _ in .keep }),
        ]
        for field in fields {
            let isKept = policy.keptFields.contains(field)
            all.append(
                Self.rules(
                    set, rules.filter { $0.field == nil || $0.field == field }, isKept ? .keep : .scan,
                    isOn: policy.isOn))
        }
        self.all = all
        // Of equal names the first counts.
        names = NameTable(fields + policy.keptFields)
        numbers = fields.indices.map { Int32($0 + 2) } + policy.keptFields.map { _ in Number.kept.value }
        mindsShortTexts = all.contains { $0.treatment == .drop || $0.treatment == .withhold }
    }

    /// Later rules go over earlier ones.
    private static func rules(
        _ set: DetectorSet, _ rules: [RedactionPolicy.Rule], _ standard: FieldTreatment, isOn: Bool
    ) -> FieldRules {
        var treatment = standard
        var actions = set.detectors.map(\.action)
        for rule in rules {
            if let wish = rule.treatment, rule.field != nil { treatment = wish }
            guard let action = rule.action else { continue }
            for (number, detector) in set.detectors.enumerated() where rule.covers(detector) {
                actions[number] = action
            }
        }
        if !isOn, treatment == .scan { treatment = .withhold }
        return FieldRules(set, treatment: treatment, actions: actions)
    }

    /// - Parameter path: the name of a field with those of the objects that it lies in.
    func number(of path: RawSpan) -> Number {
        let place = names.index(of: path)
        return Number(value: place < 0 ? 0 : numbers[place])
    }

    func rules(_ number: Number) -> FieldRules { all[Int(number.value)] }
}
