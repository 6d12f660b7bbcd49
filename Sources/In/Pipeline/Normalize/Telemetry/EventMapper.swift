import Codecs
import Events
import Platform

/// One log record of Claude Code or Cowork as a document.
///
/// The order of the steps is that of the packages it is compatible with: look, parse the tool's JSON, move,
/// derive. What was looked at is kept in `slots`, so that no rule searches the attributes again.
struct EventMapper: ~Copyable {
    let fields: MappedFields
    let fixes: Fixes
    private let catalog: FieldCatalog
    /// The rule of each attribute, or -1.
    private var ruleOf: [Int32] = []
    /// The attribute in each ``AttributeTable/Slot``, or -1.
    private var slots = [Int32](repeating: -1, count: AttributeTable.Slot.allCases.count)
    var scratch = ByteBuffer(capacity: 4_096)
    var values: FieldValues
    /// Whether the mapping dropped something that is nowhere in the document.
    var isLossy = false

    init(_ catalog: FieldCatalog, _ fields: MappedFields, _ fixes: Fixes) {
        self.catalog = catalog
        self.fields = fields
        self.fixes = fixes
        values = FieldValues(catalog)
        ruleOf.reserveCapacity(64)
    }

    /// The attribute in a slot.
    func held(_ slot: AttributeTable.Slot, _ reader: borrowing OTLPReader) -> OTLPAttribute? {
        let place = Int(slots[slot.rawValue])
        return place < 0 ? nil : reader.attributes[place]
    }

    /// The text of an attribute in a slot; nothing when there is none or it is no text.
    @_lifetime(borrow reader, copy bytes)
    func text(_ slot: AttributeTable.Slot, _ reader: borrowing OTLPReader, _ bytes: RawSpan) -> RawSpan {
        let place = Int(slots[slot.rawValue])
        guard place >= 0 else { return bytes.extracting(0..<0) }
        let value = reader.attributes[place].value
        guard value.kind == .string else { return bytes.extracting(0..<0) }
        return reader.bytes(of: value.text, in: bytes)
    }

    func integer(_ slot: AttributeTable.Slot, _ reader: borrowing OTLPReader, _ bytes: RawSpan) -> Int64? {
        guard let value = held(slot, reader)?.value else { return nil }
        return FieldValues.long(value, reader.bytes(of: value.text, in: bytes), isStrict: false)
    }

    /// Maps one record.
    ///
    /// - Returns: whether it could be mapped in full; if not, error.message says why.
    mutating func map(
        _ log: OTLPLog, _ bytes: RawSpan, _ reader: inout OTLPReader, _ rules: borrowing EventRules,
        into document: inout Document
    ) -> Outcome {
        look(log, reader, rules, bytes)
        var outcome = Outcome()
        let isMarked = text(.preserve, reader, bytes).isEqual(to: "true")
        outcome.isMarked = isMarked

        // The tool's JSON comes before everything: it may name a server and a tool.
        let parsesTools = rules.client == .code || fixes.contains(.coworkTools)
        var argumentsDone = false
        var serverTool = OTLPValue.empty
        var server = OTLPValue.empty
        if parsesTools {
            var tool = ToolCall()
            let hasInput = tool.parse(.input, text(.input, reader, bytes))
            let hasParameters = tool.parse(.parameters, text(.parameters, reader, bytes))
            // Cowork cuts long texts, and nobody promised that what is left is JSON.
            if rules.client == .code {
                if hasParameters == .bad {
                    outcome.fail("Failed to parse tool_parameters: not JSON", fields, &document)
                }
                if hasInput == .bad { outcome.fail("Failed to parse tool_input: not JSON", fields, &document) }
            }
            if hasInput == .value {
                scratch.removeAll()
                tool.appendPruned(text(.input, reader, bytes), to: &scratch)
                document.set(fields.toolArguments, json: scratch.bytes)
                argumentsDone = true
            }
            if hasParameters == .value {
                scratch.removeAll()
                tool.appendPruned(text(.parameters, reader, bytes), to: &scratch)
                if argumentsDone {
                    document.set(
                        prefix: rules.prefixBytes, name: Literal.bytes("tool_parameters_flattened"), .json,
                        bytes: scratch.bytes)
                } else {
                    document.set(fields.toolArguments, json: scratch.bytes)
                }
            }
            serverTool = value(tool.serverTool, &reader, bytes)
            server = value(tool.server, &reader, bytes)
            setPlaces(tool, &reader, bytes, into: &document)
        }

        move(log, bytes, reader, rules, &outcome, into: &document)
        nameTool(serverTool, server, bytes, reader, rules, into: &document)
        setPrompt(bytes, reader, rules, into: &document)
        derive(log, bytes, reader, rules, &outcome, into: &document)
        // A marker that says something else than `true` is dropped without a trace.
        if !isMarked, let marker = held(.preserve, reader)?.value, !isEmpty(marker) { isLossy = true }
        if !isEmpty(log.body), !saysTheName(log, bytes, reader) { isLossy = true }
        if isLossy || values.isLossy, fixes.contains(.keepsOriginalOfLosses) { outcome.wantsOriginal = true }
        return outcome
    }

    // MARK: Steps

    private mutating func look(
        _ log: OTLPLog, _ reader: borrowing OTLPReader, _ rules: borrowing EventRules, _ bytes: RawSpan
    ) {
        ruleOf.removeAll(keepingCapacity: true)
        for slot in slots.indices { slots[slot] = -1 }
        isLossy = false
        values.isLossy = false
        for place in log.attributes.range {
            let rule = rules.attributes.index(of: reader.bytes(of: reader.attributes[place].key, in: bytes))
            ruleOf.append(Int32(truncatingIfNeeded: rule))
            guard rule >= 0 else { continue }
            let slot = rules.rules[rule].slot
            guard slot >= 0 else { continue }
            // Keys are unique by the specification; of two, the last is looked at.
            if slots[slot] >= 0, rules.rules[rule].step == .hold { isLossy = true }
            slots[slot] = Int32(truncatingIfNeeded: place)
        }
    }

    private mutating func move(
        _ log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ rules: borrowing EventRules,
        _ outcome: inout Outcome, into document: inout Document
    ) {
        let prefix = rules.prefixBytes
        for place in log.attributes.range {
            let attribute = reader.attributes[place]
            let index = Int(ruleOf[place &- log.attributes.start])
            let name = reader.bytes(of: attribute.key, in: bytes)
            guard index >= 0 else {
                values.set(prefix, name, attribute.value, bytes, reader, into: &document)
                // The reason is a copy of `error`, which other attributes may be members of.
                if !fixes.contains(.errorTypeToRoot), name.starts(with: "error.") {
                    values.set(
                        Literal.bytes("event.reason."), name.extracting(6..<name.byteCount), attribute.value, bytes,
                        reader, into: &document)
                }
                continue
            }
            let rule = rules.rules[index]
            if rule.step == .hold { continue }
            var value = attribute.value
            if rule.form != .asSent, value.kind != .empty {
                let text = reader.bytes(of: value.text, in: bytes)
                if let converted = FieldValues.convert(value, text, to: rule.form, isStrict: !bendsNumbers) {
                    value = converted
                } else if rule.form == .date {
                    // Dates were never promised, so this is no failure.
                    values.set(prefix, name, value, bytes, reader, into: &document)
                    continue
                } else {
                    keepText(rule, prefix, name, value, bytes, reader, &outcome, into: &document)
                    continue
                }
            }
            guard let field = rule.field else {
                values.set(prefix, name, value, bytes, reader, into: &document)
                continue
            }
            if rule.step == .duration {
                let (nanoseconds, overflow) = value.integer.multipliedReportingOverflow(by: 1_000_000)
                if overflow {
                    keepText(rule, prefix, name, value, bytes, reader, &outcome, into: &document)
                } else if value.kind == .integer {
                    document.set(field, long: nanoseconds)
                }
                continue
            }
            if rule.form == .date, value.kind == .integer {
                document.set(field, date: Timestamp(nanoseconds: value.integer))
                continue
            }
            values.set(field, value, bytes, reader, into: &document)
            if let second = rule.secondField { values.set(second, value, bytes, reader, into: &document) }
        }
    }

    private var bendsNumbers: Bool { fixes.contains(.badNumbersStayText) }

    /// What is no number of its type stays below the vendor's name as it was sent.
    private mutating func keepText(
        _ rule: EventRules.Rule, _ prefix: RawSpan, _ name: RawSpan, _ value: OTLPValue, _ bytes: RawSpan,
        _ reader: borrowing OTLPReader, _ outcome: inout Outcome, into document: inout Document
    ) {
        values.set(prefix, name, value, bytes, reader, into: &document)
        if bendsNumbers {
            outcome.isUnconverted = true
        } else {
            outcome.fail("a value cannot be converted to its type", fields, &document)
        }
    }

    func isEmpty(_ value: OTLPValue) -> Bool {
        value.kind == .empty || (value.kind == .string && value.text.isEmpty)
    }

    func isSame(
        _ left: OTLPValue, _ right: OTLPValue, _ reader: borrowing OTLPReader, _ bytes: RawSpan
    ) -> Bool {
        guard left.kind == right.kind else { return false }
        guard left.kind == .string else { return left.bits == right.bits && left.text.range == right.text.range }
        return reader.bytes(of: left.text, in: bytes).isEqual(to: reader.bytes(of: right.text, in: bytes))
    }

    private mutating func setPrompt(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ rules: borrowing EventRules, into document: inout Document
    ) {
        let prefix = rules.prefixBytes
        let name = Literal.bytes("prompt_text")
        let prompt = held(.prompt, reader)?.value
        let text = held(.promptText, reader)?.value
        if let prompt { values.set(prefix, name, prompt, bytes, reader, into: &document) }
        guard let text else { return }
        if let prompt, !isEmpty(prompt) {
            if !isSame(prompt, text, reader, bytes) { isLossy = true }
        } else {
            values.set(prefix, name, text, bytes, reader, into: &document)
        }
    }

    private mutating func derive(
        _ log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ rules: borrowing EventRules,
        _ outcome: inout Outcome, into document: inout Document
    ) {
        document.set(fields.ecsVersion, text: rules.labels[rules.version])
        document.set(fields.eventProvider, text: rules.labels[rules.provider])
        if let name = held(.eventName, reader)?.value {
            values.set(fields.eventAction, name, bytes, reader, into: &document)
            if !isEmpty(name) { document.set(fields.provider, text: rules.labels[rules.anthropic]) }
        }
        let attributeName = text(.eventName, reader, bytes)
        let recordName = self.name(of: log, bytes, reader)
        if attributeName.byteCount == 0, fixes.contains(.namesFromBody) {
            document.set(fields.eventAction, text: recordName)
        }
        if recordName.byteCount > 0 {
            outcome.isEvent = true
            let index = rules.events.index(of: recordName)
            let verdict = rules.verdicts[index < 0 ? rules.verdicts.count - 1 : index]
            verdict.apply(rules.labels, fields, to: &document)
            if index < 0, fixes.contains(.unknownEventTag) { outcome.isUnknown = true }
        }
        document.set(
            fields.eventOutcome, text: rules.labels[self.outcome(recordName, attributeName, bytes, reader, rules)])

        if let error = held(.error, reader)?.value, !fixes.contains(.errorTypeToRoot) || error.kind == .string {
            values.set(fields.eventReason, error, bytes, reader, into: &document)
        }
        if let type = held(.errorType, reader)?.value {
            if !fixes.contains(.errorTypeToRoot) {
                values.set(rules.prefixBytes, Literal.bytes("error.type"), type, bytes, reader, into: &document)
                values.set(RawSpan(), Literal.bytes("event.reason.type"), type, bytes, reader, into: &document)
            } else if !document.has(fields.errorType) {
                values.set(fields.errorType, type, bytes, reader, into: &document)
            } else {
                // `error_type` is there already, and says it for this document.
                values.set(rules.prefixBytes, Literal.bytes("error.type"), type, bytes, reader, into: &document)
            }
        }
        let email = text(.email, reader, bytes)
        let user = text(.user, reader, bytes)
        document.set(fields.relatedUser, text: email)
        if !user.isEqual(to: email) { document.set(fields.relatedUser, text: user) }
    }

    /// The name of the event: the record's own, else the attribute, else what the body says.
    @_lifetime(borrow reader, copy bytes)
    private func name(
        of log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader
    ) -> RawSpan {
        if !log.eventName.isEmpty { return reader.bytes(of: log.eventName, in: bytes) }
        let attribute = text(.eventName, reader, bytes)
        return attribute.byteCount == 0 && fixes.contains(.namesFromBody) ? bodyName(of: log, bytes, reader) : attribute
    }

    /// What stands behind `claude_code.` in the body.
    @_lifetime(borrow reader, copy bytes)
    private func bodyName(of log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader) -> RawSpan {
        guard log.body.kind == .string else { return bytes.extracting(0..<0) }
        let prefix: StaticString = "claude_code."
        let body = reader.bytes(of: log.body.text, in: bytes)
        guard body.starts(with: prefix) else { return bytes.extracting(0..<0) }
        return body.extracting(prefix.utf8CodeUnitCount..<body.byteCount)
    }

    /// Whether the body is only the event's name once more.
    private func saysTheName(_ log: OTLPLog, _ bytes: RawSpan, _ reader: borrowing OTLPReader) -> Bool {
        let name = bodyName(of: log, bytes, reader)
        return name.byteCount > 0 && name.isEqual(to: self.name(of: log, bytes, reader))
    }

    /// What Docket adds about the person, the place and what the sender shows.
    mutating func addPerson(
        _ bytes: RawSpan, _ reader: borrowing OTLPReader, _ origin: borrowing OriginFacts,
        _ rules: borrowing EventRules, into document: inout Document
    ) {
        Person.setKeys(
            fields, email: text(.email, reader, bytes), accountID: text(.accountID, reader, bytes),
            accountUUID: text(.accountUUID, reader, bytes), userID: text(.user, reader, bytes), in: &document)
        let surface =
            rules.client == .cowork
            ? "cowork"
            : Surface.of(
                service: origin[origin.serviceName], terminal: text(.terminal, reader, bytes), isClaudeCode: true)
        if let surface { document.set(fields.docketSurface, text: Literal.bytes(surface)) }
        if let sequence = integer(.sequence, reader, bytes) { document.set(fields.eventSequence, long: sequence) }
        let name = text(.eventName, reader, bytes)
        if name.isEqual(to: "user_prompt") {
            let isShown =
                Gates.shows(text(.prompt, reader, bytes)) || Gates.shows(text(.promptText, reader, bytes))
            document.set(fields.docketSeesPrompts, boolean: isShown)
        } else if name.isEqual(to: "tool_result") {
            document.set(fields.docketSeesTools, boolean: showsTool(reader))
        } else if name.isEqual(to: "tool_decision"), showsTool(reader) {
            // Older versions never had parameters here, so that there are none says nothing.
            document.set(fields.docketSeesTools, boolean: true)
        }
    }

    private func showsTool(_ reader: borrowing OTLPReader) -> Bool {
        held(.parameters, reader) != nil || held(.input, reader) != nil
    }

    private func outcome(
        _ recordName: RawSpan, _ action: RawSpan, _ bytes: RawSpan, _ reader: borrowing OTLPReader,
        _ rules: borrowing EventRules
    ) -> Labels.Label {
        let success = text(.success, reader, bytes)
        var isSuccess = success.isEqual(to: "true")
        var isFailure = success.isEqual(to: "false")
        if fixes.contains(.booleansDecide), let value = held(.success, reader)?.value, value.kind == .boolean {
            isSuccess = value.boolean
            isFailure = !value.boolean
        }
        if action.isEqual(to: "api_error") || action.isEqual(to: "api_retries_exhausted") { isFailure = true }
        if isFailure { return rules.failure }
        if isSuccess { return rules.success }
        let decision = text(.decision, reader, bytes)
        if decision.isEqual(to: "accept") { return rules.success }
        if decision.isEqual(to: "reject") { return rules.failure }
        if fixes.contains(.failedConnections), recordName.isEqual(to: "mcp_server_connection"),
            text(.status, reader, bytes).isEqual(to: "failed")
        {
            return rules.failure
        }
        return rules.unknown
    }
}
