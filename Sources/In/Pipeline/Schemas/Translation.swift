import Events

/// The tables of a schema made ready: numbers instead of names, and a plan for each class.
struct Translation: Sendable {
    /// A row of the table of events: which class and activity an event is.
    struct EventRule: Sendable {
        var action: TextPattern
        var conditions: [Condition]
        var plan: Int
        var activity: Constant
        var activityName: Constant
        var typeNumber: Constant
        var typeName: Constant
    }

    /// A row of the table of objects: what the event was done to.
    struct ObjectRule: Sendable {
        var action: TextPattern
        var conditions: [Condition]
        var type: Constant
        var id: [FieldID]
        var name: [FieldID]
    }

    /// What to do for one attribute of a class.
    struct Step: Sendable {
        var target: FieldID
        var form: Form
        var sources: [Source]
        var conditions: [Condition]
        /// The member of the one object in a list that the attribute is; `target` is the list.
        var member: Labels.Label?
        /// The name and the kind of an observable that its value is.
        var observable: (name: Labels.Label, kind: Int64)?
        var isStrings: Bool
    }

    enum Source: Sendable {
        case field(FieldID)
        case constant(Constant)
        case activity, activityName, typeNumber, typeName
        case objectType, objectID, objectName
        /// The type of an object of which neither id nor name is known.
        case objectUnnamed
    }

    enum Constant: Sendable {
        case text(Labels.Label)
        case long(Int64)
    }

    /// The fields of the schema, and below the prefix of the rest those of the documents.
    let catalog: FieldCatalog
    let fieldCount: Int
    /// Where each field of a document goes that has no place.
    let rest: [FieldID]
    let restPrefix: [UInt8]
    let action: FieldID
    let observables: FieldID?
    let events: [EventRule]
    let objects: [ObjectRule]
    let plans: [[Step]]
    let labels: Labels
    let shape: DocumentWriter.Shape

    /// - Returns: `nil` for the schema of the documents themselves.
    static func standard(_ schema: Schema) -> Translation? {
        switch schema {
        case .ecs: nil
        case .ocsf: ocsf
        case .cim: cim
        }
    }

    private static let ocsf = SchemaTables(.ocsf).map { Translation($0, from: .standard) }
    private static let cim = SchemaTables(.cim).map { Translation($0, from: .standard) }
}
