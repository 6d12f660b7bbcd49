"""Export requests with log records and spans that nobody would like to get, in OTLP/JSON."""

import base64
import json

from . import events
from .hostile import Hostile

# Names of events: those with a category, those that are documented without one, and others.
NAMES = [*events.CATEGORIES] + """
    assistant_response api_request_body api_response_body at_mention hook_plugin_metrics compaction subagent_completed
    internal_error feedback_survey retention_sweep managed_settings_resolved system_prompt
    """.split()

STANDARD = """
    session.id app.version app.entrypoint organization.id user.account_uuid user.account_id user.id user.email
    user.groups identity.source terminal.type vcs.repository.url.full vcs.owner.name vcs.repository.name
    vcs.provider.name prompt.id workspace.host_paths workflow.run_id workflow.name event.timestamp event.sequence
    """.split()

OF_EVENTS = """
    prompt_length prompt prompt_text message.uuid command_name command_source response_length response model request_id
    query_source tool_name tool_use_id success duration_ms error_type error decision_type decision_source
    tool_input_size_bytes tool_result_size_bytes mcp_server_scope tool_parameters tool_input vcs.ref.head.revision
    vcs.ref.head.name vcs.ref.head.type decision tool_source source cost_usd cost_usd_micros ttft_ms input_tokens
    output_tokens cache_read_tokens cache_creation_tokens client_request_id speed effort agent.name skill.name
    plugin.name marketplace.name mcp_server.name mcp_tool.name status_code attempt server_fallback_hop has_category
    has_explanation category explanation body body_ref body_length body_truncated request_body_id message.id
    total_attempts total_retry_duration_ms from_mode to_mode trigger action auth_method error_category status
    transport_type server_scope error_code is_plugin plugin_id_hash server_name marketplace.is_official install.trigger
    plugin.version plugin.scope enabled_via has_hooks has_mcp host_owned_mcp skill_path_count command_path_count
    agent_path_count safe_mode invocation_trigger skill.source skill.kind mention_type hook_event hook_type hook_source
    hook_matcher hook_name num_hooks managed_only hook_definitions num_success num_blocking num_non_blocking_error
    num_cancelled total_duration_ms stdout_chars num_outputs_persisted plugin_id pre_tokens post_tokens precompute_reuse
    agent_type agent.source is_built_in is_async total_tokens total_tool_uses final_model model_swapped error_name
    event_type appearance_id survey_type enabled_via_override result period_days used_default skip_reason
    managed_settings.trigger managed_settings.sources managed_settings.helper.state managed_settings.resolved_sha256
    managed_settings.settings error.type mcp_server_name mcp_tool_name data_stream.dataset elastic.mapping event_name
    error.message event.original event.kind event.category event.outcome host.name file.path process.command_line tags
    message resource.attributes scope.name gen_ai.system gen_ai.tool.name docket.tenant trace.id labels
    organization.name
    """.split()

OF_SPANS = """
    user_prompt user_prompt_length interaction.sequence interaction.duration_ms parent.source queued_sends new_context
    model gen_ai.system gen_ai.request.model llm_request.context speed query_source query_source_safe agent_id
    parent_agent_id workflow.run_id workflow.name duration_ms ttft_ms first_content_ms input_tokens output_tokens
    cache_read_tokens cache_creation_tokens request_id gen_ai.response.id client_request_id attempt success status_code
    error error_class response.has_tool_call stop_reason gen_ai.response.finish_reasons effort system_prompt_hash tools
    tools_count tool_name tool_name_safe tool_use_id gen_ai.tool.call.id result_tokens file_path full_command
    bash_command_class bash_argv0 skill_name subagent_type tool_input decision source hook_event hook_name num_hooks
    hook_definitions num_success a a.b error.type prompt prompt.id
    """.split()

OF_RESOURCES = "host.arch os.type os.version service.version wsl.version enduser.id deployment.x".split()
DECISIONS = ["accept", "reject", "unknown", "Accept"]
SERVICES = {
    "claude_code": ["claude-code", "claude-code", "claude-code-desktop", "my-agent"],
    "claude_cowork": ["cowork"],
}


def any_value(hostile, depth=2):
    """An AnyValue of any kind."""
    kind = hostile.number(0, 19)
    if kind < 9 or depth == 0:
        return {"stringValue": hostile.text()}
    if kind < 12:
        return whole(hostile)
    if kind < 14:
        return {"boolValue": hostile.one([True, False])}
    if kind < 16:
        return {"doubleValue": hostile.any_number()}
    if kind < 17:
        return {}
    if kind < 18 and hostile.wild:
        return {"bytesValue": base64.b64encode(hostile.text().encode(errors="replace")).decode()}
    if kind < 19:
        return {"arrayValue": {"values": [any_value(hostile, depth - 1) for _ in range(hostile.number(0, 3))]}}
    return {"kvlistValue": {"values": pairs(
        {plain_name(hostile): any_value(hostile, depth - 1) for _ in range(hostile.number(0, 3))})}}


def deep(levels):
    return {"arrayValue": {"values": [deep(levels - 1)]}} if levels else text("at the bottom")


def plain_name(hostile):
    return hostile.name() if hostile.wild else hostile.name().replace(".", "_")


def whole(hostile):
    value = hostile.one([0, 1, -1, 42, 200, 1 << 31, (1 << 53) + 1, (1 << 63) - 1, -(1 << 63)])
    return {"intValue": str(value) if hostile.chance(50) else value}


def pairs(attributes):
    """With a null now and then as its other form: without a value."""
    return [
        {"key": key, "value": value} if value or len(key) % 2 else {"key": key} for key, value in attributes.items()]


def text(value):
    return {"stringValue": value}


# Attributes of log records that a rule looks at


def long(hostile):
    if hostile.chance(2):
        return hostile.one([
            {"boolValue": True}, {"doubleValue": 1.5},
            *map(text, ["abc", "1.5", "99999999999999999999", "1e3", "- 1", "0x", "7 "]),
            {"kvlistValue": {"values": pairs({"a": text("b")})}}])
    number = hostile.number(0, 9_000_000) if hostile.chance(80) else hostile.one([0, -1, 1 << 40, 9_223_372_036_854])
    return hostile.one([
        {"intValue": number}, {"intValue": str(number)}, text(str(number)), text(f"{number:03}"), {}])


def double(hostile):
    if hostile.chance(2):
        return hostile.one([text("cheap"), {"boolValue": True}, text("1,5"), text("1.5.1")])
    number = hostile.one(["0.05", "5.03E-4", "0", "12", "1e-7", "123.456", "-0.5", "0.1", "7E+2"])
    return hostile.one([{"doubleValue": f"<spelled {number}>"}, text(number), {"intValue": 3}, {}])


def boolean(hostile):
    if hostile.chance(2):
        return hostile.one([text("perhaps"), {"intValue": 1}, text("yes"), {"doubleValue": 0.5}])
    return hostile.one([{"boolValue": True}, {"boolValue": False}, text("true"), text("false"), {}])


def tool_json(hostile):
    if hostile.chance(10):
        return hostile.one([{}, *map(text, ["", "not json", '{"a":', "{bad}", '{"a":1', '{"a" 1}'])])
    if hostile.chance(5):
        value = any_value(hostile)
        return value if hostile.wild or "stringValue" not in value else {"intValue": 7}
    if hostile.wild and hostile.chance(20):
        return text(hostile.line(hostile.value()))
    made = {}
    for name in hostile.some(
            ["bash_command", "full_command", "timeout", "description", "skill_name", "mcp_server_name", "mcp_tool_name",
             "file_path", "path", "url", "command", "empty"], 5):
        made[name] = hostile.text(empty=False)
        if name in ["timeout", "description", "empty"] or hostile.chance(5):
            made[name] = hostile.scalar() or None
        if hostile.chance(5):
            made[name] = None
    if hostile.chance(30):
        made |= {key: value for key, value in hostile.tree(3).items() if key not in made}
    if hostile.chance(8):
        made = hostile.one([{}, {"a": ""}, {"a": {"b": [None]}}])
    return text(hostile.line(made))


OF_LOGS = {
    **dict.fromkeys(events.LONGS, long), **dict.fromkeys(events.DOUBLES, double),
    **dict.fromkeys([*events.BOOLEANS, "host_owned_mcp"], boolean),
    **dict.fromkeys(["mcp_tool_name", "mcp_tool.name"], lambda hostile: text(hostile.text(empty=False))),
    "success": lambda hostile: hostile.one(
        [text("true"), text("false"), text("True"), {"boolValue": True}, {"boolValue": False}, any_value(hostile), {}]),
    "decision": lambda hostile: hostile.one([*map(text, DECISIONS), {}, {"intValue": 1}]),
    "tool_parameters": tool_json, "tool_input": tool_json,
    "user.id": lambda hostile: hostile.one([text(hostile.text()), {}]),
    "user.email": lambda hostile: hostile.one([text("dev@example.com"), text(hostile.text()), {}]),
    "error": lambda hostile: hostile.one([text(hostile.text()), text(hostile.text()), {}, any_value(hostile)]),
}


def attribute(hostile, name, known):
    if name in known and not (hostile.wild and hostile.chance(10)):
        return known[name](hostile)
    if hostile.wild and hostile.chance(0.1):
        return deep(hostile.number(10, 18))
    return any_value(hostile)


def attributes(hostile, names, known):
    made = {}
    for percent, choices, most in [(70, STANDARD, 12), (80, names, 12)]:
        if hostile.chance(percent):
            for name in hostile.some(choices, most):
                made[name] = attribute(hostile, name, known)
    for _ in range(hostile.number(0, 2)):
        name = hostile.name() if hostile.chance(70) else hostile.word() + "." + hostile.word()
        made.setdefault(name, attribute(hostile, name, known))
    return made


def in_order(hostile, made):
    keys = list(made)
    hostile.random.shuffle(keys)
    return pairs({key: made[key] for key in keys})


# Log records


def log_record(hostile):
    made = attributes(hostile, OF_EVENTS, OF_LOGS)
    name = hostile.one(NAMES) if hostile.chance(90) else hostile.text(empty=False)
    record = {"timeUnixNano": time(hostile), "observedTimeUnixNano": time(hostile)}
    if hostile.chance(90):
        record["body"] = text(f"claude_code.{name}") if hostile.chance(90) else any_value(hostile)
    if hostile.chance(15):
        record["eventName"] = name
    if hostile.chance(90) or "eventName" not in record and not hostile.wild:
        made["event.name"] = text(name)
    if hostile.chance(5):
        made[events.MARKER] = hostile.one([text("true"), text("true"), text("True"), {"boolValue": True}, text("")])
    if not hostile.wild:
        made = within_the_description(made, name)
    if hostile.chance(5):
        record |= {"severityNumber": 9, "severityText": "INFO", "flags": 1}
        record |= {"traceId": identifier(hostile, 32), "spanId": identifier(hostile, 16)}
    record["attributes"] = in_order(hostile, made)
    if hostile.chance(50):
        record["droppedAttributesCount"] = 0
    return record


def within_the_description(made, name):
    """Without what is not compared: appendix 3, and keys that are a value and an object at a time."""
    if made.get("success") == text("true") and name in ["api_error", "api_retries_exhausted"]:
        del made["success"]
    if "prompt" in made:
        made.pop("prompt_text", None)
    for name in ["mcp_server_name", "mcp_tool_name"]:
        if name in json.dumps(made.get("tool_parameters")):
            made.pop(name, None)
    for name in ["event", "user", "organization", "mcp_tool"]:
        if "kvlistValue" in made.get(name, {}):
            del made[name]  # whose members have names that rules look at
    keys = {"prompt_text" if key == "prompt" else key for key in made}
    return {
        key: value for key, value in made.items()
        if not any(other.startswith(("prompt_text" if key == "prompt" else key) + ".") for other in keys)
    }


def time(hostile):
    """In whole milliseconds, as a number or a text."""
    milliseconds = hostile.one([1_791_447_318_196, 1_791_447_318_000, 1, hostile.number(1, 4_000_000_000_000)])
    nanoseconds = milliseconds * 1_000_000 + (hostile.number(0, 999_999) if hostile.wild else 0)
    return str(nanoseconds) if hostile.chance(70) else nanoseconds


# Spans


KNOWN_OF_SPANS = {
    "user.id": OF_LOGS["user.id"], "user.email": OF_LOGS["user.email"],
    "full_command": lambda hostile: text(hostile.text()), "file_path": lambda hostile: text(hostile.text()),
}


def span(hostile):
    made = attributes(hostile, OF_SPANS, KNOWN_OF_SPANS)
    kind = hostile.one(
        ["interaction", "llm_request", "tool", "tool", "hook", "tool.execution", "tool.blocked_on_user", "Tool", ""])
    if hostile.chance(90):
        made["span.type"] = text(kind)
    start = int(time(hostile))
    made_span = {
        "traceId": identifier(hostile, 32), "spanId": identifier(hostile, 16),
        "name": f"claude_code.{kind}" if hostile.chance(90) else hostile.text(),
        "kind": hostile.number(0 if hostile.wild else 1, 5),
        "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + hostile.number(0, 10**hostile.number(1, 14))),
        "attributes": in_order(hostile, made),
    }
    if hostile.chance(80):
        made_span["parentSpanId"] = identifier(hostile, 16) if hostile.chance(80) else ""
    if hostile.chance(25):
        made_span["links"] = [link(hostile) for _ in range(hostile.number(0, 3))]
    if hostile.chance(40):
        made_span["status"] = hostile.one([{}, {"code": 0}, {"code": 2, "message": hostile.text()}])
    if hostile.chance(15):
        made_span["events"] = [
            {"name": hostile.text(), "timeUnixNano": time(hostile), "attributes": pairs({"output": any_value(hostile)})}
            for _ in range(hostile.number(0, 2))]
    if hostile.chance(40):
        made_span |= {"droppedAttributesCount": 0, "droppedEventsCount": 0, "droppedLinksCount": 0, "flags": 257}
    return made_span


def link(hostile):
    made = {"traceId": identifier(hostile, 32), "spanId": identifier(hostile, 16)}
    if hostile.chance(80):
        made["attributes"] = pairs({"link.type": text("parent_of"), **{
            hostile.name(): any_value(hostile) for _ in range(hostile.number(0, 2))}})
    return made


def identifier(hostile, digits):
    return "".join(hostile.random.choices("0123456789abcdef", k=digits - 1)) + "1"


# Requests


def request(hostile, service, scope_name, signal):
    """One to three records of one to two resources."""
    groups, scopes, records, make = signal
    resources = []
    for _ in range(1 if hostile.chance(85) else 2):
        named = {"service.name": text(hostile.one(SERVICES[service]))}
        for key in hostile.some(OF_RESOURCES, 5):
            named[key] = any_value(hostile)
        resource = {"attributes": in_order(hostile, named)}
        if hostile.chance(50):
            resource["droppedAttributesCount"] = 0
        scope = {"name": scope_name, "version": hostile.one(["2.1.294", "2.1.187", ""])}
        if hostile.chance(10):
            scope["attributes"] = pairs({hostile.name(): any_value(hostile) for _ in range(2)})
        group = {
            "resource": resource,
            scopes: [
                {"scope": scope, records: [make(hostile) for _ in range(hostile.one([1, 1, 1, 2, 3]))]}
                for _ in range(1 if hostile.chance(95) else 2)],
        }
        # The stream is named, so that neither must say what this is.
        if hostile.chance(3):
            del group["resource"]
        if hostile.chance(3):
            del group[scopes][0]["scope"]
        resources.append(group)
    return {groups: resources}


LOGS = ("resourceLogs", "scopeLogs", "logRecords", log_record)
SPANS = ("resourceSpans", "scopeSpans", "spans", span)


def line_of_logs(seed, service, wild=False):
    hostile = Hostile(seed, wild)
    return hostile.line(request(hostile, service, "com.anthropic.claude_code.events", LOGS))


def line_of_spans(seed, wild=False):
    hostile = Hostile(seed, wild)
    return hostile.line(request(hostile, "claude_code", "com.anthropic.claude_code.tracing", SPANS))
