import Events

/// The catalog fields that the mapping itself names, looked up once.
struct MappedFields: Sendable {
    let timestamp, observedTimestamp: FieldID
    let ecsVersion: FieldID
    let tags: FieldID
    let errorMessage, errorType: FieldID

    let eventAction, eventCategory, eventType, eventOutcome, eventKind, eventOriginal: FieldID
    let eventProvider, eventReason, eventDuration, eventID, eventModule, eventDataset: FieldID
    let eventIngested, eventSequence: FieldID

    let userEmail, userID, userName, userKey, userKeys: FieldID
    let targetEmail, targetID, targetRoles: FieldID
    let relatedUser, relatedIP, relatedHosts: FieldID
    let organizationName: FieldID
    let sourceIP, userAgentOriginal: FieldID

    let urlOriginal, urlScheme, urlDomain, urlPort, urlPath, urlExtension, urlQuery, urlFragment: FieldID
    let urlUserInfo, urlUsername, urlFull: FieldID
    let filePath, commandLine: FieldID

    let provider, requestModel, toolName, toolArguments: FieldID

    let streamType, streamDataset, streamNamespace: FieldID
    let docketTenant, docketSource, docketSequence, docketCredential, docketPeer: FieldID
    let redactionDetectors, redactionCount, redactionWithheld, redactionPolicy: FieldID
    let docketIdentity, docketSurface, docketSeesPrompts, docketSeesTools: FieldID
    let resourceAttributes, scopeAttributes, scopeName, scopeVersion: FieldID
    let hostName, hostArchitecture, hostOSType, hostOSVersion, serviceName, serviceVersion: FieldID
    let traceID, spanID, traceState, logLevel, message: FieldID

    let auditMetadata, auditActorType, auditFromDate, auditToDate, auditRole, auditWebhookID: FieldID
    let auditPrincipalID, auditTargetID: FieldID

    let name, kind, duration, links, spanEvents, otelTraceID, otelSpanID, parentSpanID: FieldID
    let statusCode, statusMessage: FieldID
    let metricName, metricUnit, metricType, metricTemporality, metricMonotonic, metricValue, metricCount: FieldID
    let metricSum, metricMinimum, metricMaximum, metricStart, metricSeries: FieldID
    let metricDescription, metricFlags, metricBuckets, metricQuantiles, metricExemplars: FieldID
    let organizationID: FieldID

    init(_ catalog: FieldCatalog) {
        name = catalog.known("name")
        kind = catalog.known("kind")
        duration = catalog.known("duration")
        links = catalog.known("links")
        spanEvents = catalog.known("events")
        otelTraceID = catalog.known("trace_id")
        otelSpanID = catalog.known("span_id")
        parentSpanID = catalog.known("parent_span_id")
        statusCode = catalog.known("status.code")
        statusMessage = catalog.known("status.message")
        metricName = catalog.known("metric.name")
        metricUnit = catalog.known("metric.unit")
        metricType = catalog.known("metric.type")
        metricTemporality = catalog.known("metric.temporality")
        metricMonotonic = catalog.known("metric.is_monotonic")
        metricValue = catalog.known("metric.value")
        metricCount = catalog.known("metric.count")
        metricSum = catalog.known("metric.sum")
        metricMinimum = catalog.known("metric.min")
        metricMaximum = catalog.known("metric.max")
        metricStart = catalog.known("metric.start")
        metricSeries = catalog.known("metric.series")
        metricDescription = catalog.known("metric.description")
        metricFlags = catalog.known("metric.flags")
        metricBuckets = catalog.known("metric.buckets")
        metricQuantiles = catalog.known("metric.quantiles")
        metricExemplars = catalog.known("metric.exemplars")
        organizationID = catalog.known("organization.id")
        timestamp = catalog.known("@timestamp")
        observedTimestamp = catalog.known("observed_timestamp")
        ecsVersion = catalog.known("ecs.version")
        tags = catalog.known("tags")
        errorMessage = catalog.known("error.message")
        errorType = catalog.known("error.type")
        eventAction = catalog.known("event.action")
        eventCategory = catalog.known("event.category")
        eventType = catalog.known("event.type")
        eventOutcome = catalog.known("event.outcome")
        eventKind = catalog.known("event.kind")
        eventOriginal = catalog.known("event.original")
        eventProvider = catalog.known("event.provider")
        eventReason = catalog.known("event.reason")
        eventDuration = catalog.known("event.duration")
        eventID = catalog.known("event.id")
        eventModule = catalog.known("event.module")
        eventDataset = catalog.known("event.dataset")
        eventIngested = catalog.known("event.ingested")
        eventSequence = catalog.known("event.sequence")
        userEmail = catalog.known("user.email")
        userID = catalog.known("user.id")
        userName = catalog.known("user.name")
        userKey = catalog.known("user.key")
        userKeys = catalog.known("user.keys")
        targetEmail = catalog.known("user.target.email")
        targetID = catalog.known("user.target.id")
        targetRoles = catalog.known("user.target.roles")
        relatedUser = catalog.known("related.user")
        relatedIP = catalog.known("related.ip")
        relatedHosts = catalog.known("related.hosts")
        organizationName = catalog.known("organization.name")
        sourceIP = catalog.known("source.ip")
        userAgentOriginal = catalog.known("user_agent.original")
        urlOriginal = catalog.known("url.original")
        urlScheme = catalog.known("url.scheme")
        urlDomain = catalog.known("url.domain")
        urlPort = catalog.known("url.port")
        urlPath = catalog.known("url.path")
        urlExtension = catalog.known("url.extension")
        urlQuery = catalog.known("url.query")
        urlFragment = catalog.known("url.fragment")
        urlUserInfo = catalog.known("url.user_info")
        urlUsername = catalog.known("url.username")
        urlFull = catalog.known("url.full")
        filePath = catalog.known("file.path")
        commandLine = catalog.known("process.command_line")
        provider = catalog.known("gen_ai.provider.name")
        requestModel = catalog.known("gen_ai.request.model")
        toolName = catalog.known("gen_ai.tool.name")
        toolArguments = catalog.known("gen_ai.tool.call.arguments")
        streamType = catalog.known("data_stream.type")
        streamDataset = catalog.known("data_stream.dataset")
        streamNamespace = catalog.known("data_stream.namespace")
        docketTenant = catalog.known("docket.tenant")
        docketSource = catalog.known("docket.source")
        docketSequence = catalog.known("docket.sequence")
        docketCredential = catalog.known("docket.credential")
        docketPeer = catalog.known("docket.peer")
        redactionDetectors = catalog.known("docket.redaction.detectors")
        redactionCount = catalog.known("docket.redaction.count")
        redactionWithheld = catalog.known("docket.redaction.withheld")
        redactionPolicy = catalog.known("docket.redaction.policy_version")
        docketIdentity = catalog.known("docket.identity")
        docketSurface = catalog.known("docket.surface")
        docketSeesPrompts = catalog.known("docket.gates.prompts")
        docketSeesTools = catalog.known("docket.gates.tool_details")
        resourceAttributes = catalog.known("resource.attributes")
        scopeAttributes = catalog.known("scope.attributes")
        scopeName = catalog.known("scope.name")
        scopeVersion = catalog.known("scope.version")
        hostName = catalog.known("host.name")
        hostArchitecture = catalog.known("host.architecture")
        hostOSType = catalog.known("host.os.type")
        hostOSVersion = catalog.known("host.os.version")
        serviceName = catalog.known("service.name")
        serviceVersion = catalog.known("service.version")
        traceID = catalog.known("trace.id")
        spanID = catalog.known("span.id")
        traceState = catalog.known("trace_state")
        logLevel = catalog.known("log.level")
        message = catalog.known("message")
        auditMetadata = catalog.known("anthropic.audit.metadata")
        auditActorType = catalog.known("anthropic.audit.actor.type")
        auditFromDate = catalog.known("anthropic.audit.from_date")
        auditToDate = catalog.known("anthropic.audit.to_date")
        auditRole = catalog.known("anthropic.audit.role")
        auditWebhookID = catalog.known("anthropic.audit.github_webhook_id")
        auditPrincipalID = catalog.known("anthropic.audit.principal_id")
        auditTargetID = catalog.known("anthropic.audit.target_id")
    }
}
