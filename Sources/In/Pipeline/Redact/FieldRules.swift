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
    private let base: FieldRules
    private let ofFields: [FieldRules]
    private let names: NameTable
    private let kept: FieldRules
    private let keptFields: KeptFields

    init(_ policy: RedactionPolicy, tenant: String, source: String) {
        let rules = policy.rules.filter { ($0.tenant ?? tenant) == tenant && ($0.source ?? source) == source }
        let fields = Set(rules.compactMap(\.field)).sorted()
        let set = policy.set
        base = Self.rules(set, rules.filter { $0.field == nil }, .scan, isOn: policy.isOn)
        ofFields = fields.map { field in
            let isKept = policy.keptFields.all.contains(field)
            return Self.rules(
                set, rules.filter { $0.field == nil || $0.field == field }, isKept ? .keep : .scan, isOn: policy.isOn)
        }
        names = NameTable(fields)
        keptFields = policy.keptFields
        kept = FieldRules(set, treatment: .keep, actions: set.detectors.map { _ in .keep })
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
    func rules(for path: RawSpan) -> FieldRules {
        if !ofFields.isEmpty {
            let place = names.index(of: path)
            if place >= 0 { return ofFields[place] }
        }
        return keptFields.contains(path) ? kept : base
    }
}
