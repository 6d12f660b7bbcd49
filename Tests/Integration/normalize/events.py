"""claude_code.events and claude_cowork.events: what becomes of a log record (sections D and E)."""

import json
import re
from dataclasses import dataclass

from . import otlp
from .values import FAILED, Failure, get, pruned, put, take, whole, without_repeats

# D3. Category and type by event_name; what is not named is host, info (quirk 35).
CATEGORIES = {
    "tool_result": ("process", "info"),
    "tool_decision": ("iam", "info"),
    "api_request": ("api", "info"),
    "api_error": ("api", "info"),
    "api_retries_exhausted": ("api", "info"),
    "api_refusal": ("api", "denied"),
    "auth": ("authentication", "info"),
    "permission_mode_changed": ("configuration", "change"),
    "mcp_server_connection": ("network", "connection"),
    "hook_registered": ("configuration", "info"),
    "hook_execution_start": ("process", "start"),
    "hook_execution_complete": ("process", "end"),
    "plugin_loaded": ("library", "start"),
    "plugin_installed": ("package", "info"),
    "user_prompt": (None, None),  # quirk 34
    "skill_activated": (None, None),
}

# D2, step 11.
LONGS = """
    duration_ms event.sequence tool_input_size_bytes tool_result_size_bytes input_tokens output_tokens
    cache_read_tokens cache_creation_tokens cost_usd_micros prompt_length num_hooks num_success num_blocking
    num_non_blocking_error num_cancelled total_duration_ms agent_path_count command_path_count skill_path_count
    """.split()
DOUBLES = ["cost_usd"]
BOOLEANS = ["is_plugin", "has_hooks", "has_mcp"]

# D4. From the vendor's namespace to the root.
MOVES = {
    "request_id": "gen_ai.response.id",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cache_read_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_creation_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "query_source": "gen_ai.operation.name",
    "tool_use_id": "gen_ai.tool.call.id",
    "error_code": "error.code",
    "error_type": "error.type",
    "organization.id": "organization.id",
    "user.email": "user.email",
    "user.id": "user.id",
}

MARKER = "elastic.preserve_original_event"
PRESERVE = "preserve_original_event"


@dataclass(frozen=True)
class Stream:
    namespace: str
    provider: str
    reads_tools: bool  # quirk 45
    mcp_tool: str
    booleans: list


CLAUDE_CODE = Stream("claude_code", "claude-code", True, "mcp_tool_name", BOOLEANS)
COWORK = Stream("claude_cowork", "claude-cowork", False, "mcp_tool.name", [*BOOLEANS, "host_owned_mcp"])  # E


def documents(request, stream):
    return [document(record, stream) for record in otlp.log_records(request)]


def document(record, stream):
    try:
        return pruned(mapped(record, stream))
    except Failure:
        return FAILED


def mapped(record, stream):
    attributes = record["attributes"]
    document = {
        "@timestamp": record["@timestamp"],
        "observed_timestamp": record["observed_timestamp"],
        "resource": record["resource"],
        "scope": record["scope"],
        "data_stream": {"type": "logs", "dataset": f"{stream.namespace}.events.otel", "namespace": "default"},
        "ecs": {"version": "9.3.0"},
        "event": {},
        "tags": [],
    }
    if attributes.pop(MARKER, None) == "true":  # steps 1 and 2: any other value is dropped (appendix 3)
        document["tags"] = [PRESERVE]
        document["event"]["original"] = json.dumps(record)
    if stream.reads_tools:
        tools(attributes, document)
    name = record["event_name"] or attributes.get("event.name")  # appendix 3: never the body
    if name is not None:
        document["event"]["kind"] = "event"
        category, kind = CATEGORIES.get(name, ("host", "info"))
        document["event"] |= {"category": [category], "type": [kind]}
    for flattened in ["tool_parameters_flattened", "tool_input_flattened"]:  # step 7
        if attributes.get(flattened) == {}:
            del attributes[flattened]
    if "prompt" in attributes:  # step 8
        attributes["prompt_text"] = attributes.pop("prompt")
    vendor = expanded(attributes)  # step 9
    converted(vendor, stream)
    moved(vendor, document, stream)
    put(document, f"{stream.namespace}.events", vendor)
    outcome(vendor, document)
    document["event"]["provider"] = stream.provider
    document["event"]["reason"] = vendor.get("error")
    put(document, "related.user", without_repeats([get(document, "user.email"), get(document, "user.id")]))
    if get(document, "error.message"):
        document["event"]["kind"] = "pipeline_error"
        document["tags"] = [PRESERVE]
    return document


def tools(attributes, document):
    """Steps 4 and 5."""
    for name in ["tool_parameters", "tool_input"]:
        text = attributes.get(name)
        if isinstance(text, str) and text:
            try:
                attributes[f"{name}_flattened"] = whole(json.loads(text))
            except ValueError:
                messages = document.setdefault("error", {}).setdefault("message", [])
                messages.append(f"Failed to parse {name}: ")
    parameters = attributes.get("tool_parameters_flattened")
    if not isinstance(parameters, dict):
        return
    for name in ["mcp_server_name", "mcp_tool_name"]:
        if parameters.get(name) is not None:
            attributes[name] = parameters[name]
    put(document, "process.command_line", parameters.get("full_command"))
    put(document, "file.path", next(
        (parameters[name] for name in ["file_path", "path"] if parameters.get(name) is not None), None))
    put(document, "url.full", parameters.get("url"))


def expanded(attributes):
    """Dotted keys as objects. A key that would have to be a value and an object at a time is a failure."""
    tree = {}
    for key, value in attributes.items():
        *way, last = key.split(".")
        node = tree
        for name in way:
            node = node.setdefault(name, {})
            if not isinstance(node, dict):
                raise Failure("a value where an object must be")
        if last in node:
            raise Failure("a key twice")
        node[last] = value
    return tree


def converted(vendor, stream):
    """Step 11. What is missing or null is left; a bad value is a failure (quirk 42)."""
    for names, convert in [(LONGS, as_long), (DOUBLES, as_double), (stream.booleans, as_boolean)]:
        for name in names:
            value = get(vendor, name)
            if value is not None:
                put(vendor, name, convert(value))


def as_long(value):
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value, re.ASCII):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not -(1 << 63) <= value < 1 << 63:
        raise Failure("not a long")
    return value


def as_double(value):
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value, re.ASCII):
        value = float(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Failure("not a double")
    return float(value)


def as_boolean(value):
    if value in ["true", "false"]:
        return value == "true"
    if not isinstance(value, bool):
        raise Failure("not a boolean")
    return value


def moved(vendor, document, stream):
    """D4."""
    if get(vendor, "event.name") is not None:
        put(document, "gen_ai.provider.name", "anthropic")
    model = take(vendor, "model")
    put(document, "gen_ai.response.model", model)
    put(document, "gen_ai.request.model", model)  # quirk 37
    for path, target in MOVES.items():
        put(document, target, take(vendor, path))
    # Quirk 39: tool_name is gone in any case.
    name = take(vendor, "tool_name")
    mcp_name = take(vendor, stream.mcp_tool)
    put(document, "gen_ai.tool.name", name if mcp_name is None else mcp_name)
    for flattened in ["tool_input_flattened", "tool_parameters_flattened"]:  # quirk 38
        if flattened in vendor and get(document, "gen_ai.tool.call.arguments") is None:
            put(document, "gen_ai.tool.call.arguments", vendor.pop(flattened))
    document["event"]["action"] = get(vendor, "event.name")  # quirk 36
    milliseconds = take(vendor, "duration_ms")
    if milliseconds is not None:
        document["event"]["duration"] = milliseconds * 1_000_000


def outcome(vendor, document):
    """Quirks 30 to 32: only the strings count, and no status does."""
    action, success, decision = document["event"]["action"], vendor.get("success"), vendor.get("decision")
    if success == "false" or action in ["api_error", "api_retries_exhausted"]:
        found = "failure"
    elif success == "true":
        found = "success"
    else:
        decision = decision if isinstance(decision, str) else None
        found = {"accept": "success", "reject": "failure"}.get(decision, "unknown")
    document["event"]["outcome"] = found
