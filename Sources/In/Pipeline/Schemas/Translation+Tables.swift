import Events

/// From the names in the tables to numbers. A wrong row ends the process: the tables are part of the program.
extension Translation {
    init(_ tables: SchemaTables, from source: FieldCatalog) {
        var labels = Labels()
        let reader = Reader(source: source)
        let attributes = tables.attributes.rows.map { reader.attribute($0, tables.attributes, &labels) }
        let catalog = Self.catalog(attributes, tables.restPrefix, source)
        self.catalog = catalog
        let classes = Self.classes(tables)
        var plans: [[Step]] = []
        for name in classes.keys.sorted() {
            let suited = attributes.filter { $0.classes.matches(name) }
            let steps = suited.map { Self.step($0, classes[name], catalog, &labels) }
            plans.append(Self.listsTogether(steps))
        }
        let numbers = Dictionary(uniqueKeysWithValues: classes.keys.sorted().enumerated().map { ($1, $0) })
        events = tables.events.rows.map { row in
            guard let plan = numbers[row[2]], let facts = classes[row[2]] else {
                tables.events.wrong(row, "no class `\(row[2])`")
            }
            let words = row[3].split(separator: " ", maxSplits: 1).map(String.init)
            let number = words.first.flatMap { Int64($0) }
            let name = number == nil ? row[3] : words.last ?? ""
            return EventRule(
                action: TextPattern(row[0]), conditions: reader.conditions(row[1], row, tables.events), plan: plan,
                activity: .long(number ?? 0), activityName: .text(labels.label(name)),
                typeNumber: .long(facts.uid * 100 + (number ?? 0)),
                typeName: .text(labels.label("\(facts.name): \(name)")))
        }
        guard tables.events.rows.last?.prefix(2) == ["*", ""] else {
            preconditionFailure("\(tables.events.name): the last row must take every event")
        }
        objects = tables.objects.rows.map { row in
            ObjectRule(
                action: TextPattern(row[0]), conditions: reader.conditions(row[1], row, tables.objects),
                type: .text(labels.label(row[2])), id: reader.fields(row[3], row, tables.objects),
                name: reader.fields(row[4], row, tables.objects))
        }
        self.plans = plans
        self.labels = labels
        fieldCount = source.fields.count
        rest = source.fields.map { field in
            guard let id = catalog.id(of: tables.restPrefix + field.name) else {
                preconditionFailure("the schema has no room for \(field.name)")
            }
            return id
        }
        restPrefix = Array(tables.restPrefix.utf8)
        shape = tables.shape
        action = source.known("event.action")
        observables = catalog.id(of: "observables")
    }

    // MARK: Classes

    /// A row of the table of classes.
    private struct Class {
        var uid: Int64 = 0
        var name = ""
        var category: Int64 = 0
        var categoryName = ""
    }

    private static func classes(_ tables: SchemaTables) -> [String: Class] {
        var classes: [String: Class] = [:]
        for row in tables.classes.rows {
            guard let uid = Int64(row[1]), let category = Int64(row[3]) else { tables.classes.wrong(row, "no number") }
            classes[row[0]] = Class(uid: uid, name: row[2], category: category, categoryName: row[4])
        }
        // Where there is no table of classes, they are names.
        if classes.isEmpty { for row in tables.events.rows { classes[row[2]] = Class(name: row[2]) } }
        return classes
    }

    // MARK: Attributes

    /// A row of the table of attributes.
    private struct Attribute {
        var classes: TextPattern
        var name: String
        var form: Form
        var sources: [String]
        var fields: [FieldID?]
        var conditions: [Condition]
        var observable: Int64?

        /// `web_resources[].uid`: the list and the member.
        var parts: (list: String, member: String)? {
            let parts = name.split(separator: "[].")
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    private struct Reader {
        let source: FieldCatalog

        func attribute(_ row: [String], _ table: SchemaTables.Table, _ labels: inout Labels) -> Attribute {
            guard let form = Form(row[2], &labels) else { table.wrong(row, "no form `\(row[2])`") }
            let sources = row[3].split(separator: "|").map(String.init)
            let fields = sources.map { text -> FieldID? in
                if text.hasPrefix("=") || text.hasPrefix("@") && text != "@timestamp" { return nil }
                guard let field = source.id(of: text) else { table.wrong(row, "no field `\(text)`") }
                return field
            }
            return Attribute(
                classes: TextPattern(row[0]), name: row[1], form: form, sources: sources, fields: fields,
                conditions: conditions(row[4], row, table), observable: row.count > 5 ? Int64(row[5]) : nil)
        }

        func conditions(_ text: String, _ row: [String], _ table: SchemaTables.Table) -> [Condition] {
            text.split(separator: " ").map { part in
                guard let condition = Condition(part, source) else { table.wrong(row, "no condition `\(part)`") }
                return condition
            }
        }

        func fields(_ text: String, _ row: [String], _ table: SchemaTables.Table) -> [FieldID] {
            text.split(separator: "|").map { name in
                guard let field = source.id(of: String(name)) else { table.wrong(row, "no field `\(name)`") }
                return field
            }
        }
    }

    private static func catalog(_ attributes: [Attribute], _ prefix: String, _ source: FieldCatalog) -> FieldCatalog {
        var names: [String: (type: FieldType, isMany: Bool)] = [:]
        for field in source.fields { names[prefix + field.name] = (field.type, field.isMany) }
        for attribute in attributes {
            if let parts = attribute.parts {
                names[parts.list] = (.flattened, false)
            } else {
                names[attribute.name] = (attribute.form.type, attribute.form.isStrings)
            }
            if attribute.observable != nil { names["observables"] = (.flattened, false) }
        }
        return FieldCatalog(names.map { ($0.key, $0.value.type, $0.value.isMany) })
    }

    private static func step(
        _ attribute: Attribute, _ facts: Class?, _ catalog: FieldCatalog, _ labels: inout Labels
    ) -> Step {
        guard let target = catalog.id(of: attribute.parts?.list ?? attribute.name) else {
            preconditionFailure("no attribute \(attribute.name)")
        }
        var sources: [Source] = []
        for (text, field) in zip(attribute.sources, attribute.fields) {
            if let field {
                sources.append(.field(field))
                continue
            }
            switch text {
            case "@class.uid": sources.append(.constant(.long(facts?.uid ?? 0)))
            case "@class.name": sources.append(.constant(.text(labels.label(facts?.name ?? ""))))
            case "@category.uid": sources.append(.constant(.long(facts?.category ?? 0)))
            case "@category.name": sources.append(.constant(.text(labels.label(facts?.categoryName ?? ""))))
            case "@activity.id": sources.append(.activity)
            case "@activity.name": sources.append(.activityName)
            case "@type.uid": sources.append(.typeNumber)
            case "@type.name": sources.append(.typeName)
            case "@object.type": sources.append(.objectType)
            case "@object.id": sources.append(.objectID)
            case "@object.name": sources.append(.objectName)
            case "@object.unnamed": sources.append(.objectUnnamed)
            default:
                precondition(text.hasPrefix("="), "no source `\(text)` for \(attribute.name)")
                let value = String(text.dropFirst())
                let number = attribute.form.type == .long ? Int64(value) : nil
                sources.append(.constant(number.map { .long($0) } ?? .text(labels.label(value))))
            }
        }
        return Step(
            target: target, form: attribute.form, sources: sources, conditions: attribute.conditions,
            member: attribute.parts.map { labels.label($0.member) },
            observable: attribute.observable.map { (labels.label(attribute.name), $0) },
            isStrings: attribute.form.isStrings)
    }

    /// The members of one list behind one another, else as in the table.
    private static func listsTogether(_ steps: [Step]) -> [Step] {
        let lists = steps.filter { $0.member != nil }
        return steps.filter { $0.member == nil } + lists.sorted { $0.target < $1.target }
    }
}
