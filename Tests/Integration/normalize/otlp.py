"""OTLP/JSON to the document that a pipeline is given (D1, F)."""

from .values import at, whole


def plain(value):
    """An AnyValue as JSON. Bytes are the base64 that they are in OTLP/JSON."""
    [(kind, held)] = value.items() or [(None, None)]
    if kind == "arrayValue":
        return [plain(item) for item in held.get("values", [])]
    if kind == "kvlistValue":
        return attributes(held.get("values", []))
    if kind == "intValue":
        return int(held)
    return held


def attributes(pairs):
    return {pair["key"]: plain(pair.get("value", {})) for pair in pairs}


def described(resource, scope):
    """What a record says of its resource and scope, with keys left flat."""
    return {
        "resource": {"attributes": attributes(resource.get("attributes", []))},
        "scope": {
            "name": scope.get("name"), "version": scope.get("version"),
            "attributes": attributes(scope.get("attributes", [])),
        },
    }


def log_records(request):
    for resource in whole(request)["resourceLogs"]:
        for scope in resource["scopeLogs"]:
            for record in scope["logRecords"]:
                yield {
                    "@timestamp": at(record.get("timeUnixNano")),
                    "observed_timestamp": at(record.get("observedTimeUnixNano")),
                    "event_name": record.get("eventName"),
                    "body": {"text": record.get("body")},
                    "attributes": attributes(record.get("attributes", [])),
                    **described(resource.get("resource", {}), scope.get("scope", {})),
                }


KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"]


def spans(request):
    for resource in whole(request)["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                yield {
                    "@timestamp": at(span["startTimeUnixNano"]),
                    "name": span.get("name"),
                    "kind": KINDS[span.get("kind", 0)],
                    "duration": int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]),
                    "trace_id": span.get("traceId"),
                    "span_id": span.get("spanId"),
                    "parent_span_id": span.get("parentSpanId"),
                    "links": [
                        {
                            "trace_id": link.get("traceId"), "span_id": link.get("spanId"),
                            "attributes": attributes(link.get("attributes", [])),
                        }
                        for link in span.get("links", [])
                    ],
                    "attributes": attributes(span.get("attributes", [])),
                    **described(resource.get("resource", {}), scope.get("scope", {})),
                }
