"""anthropic.audit: what becomes of an activity (sections A and B)."""

import csv
import ipaddress
from collections import Counter
from pathlib import Path

from .urls import parts
from .values import FAILED, Failure, date, get, move, pruned, put, whole, without_repeats

# A2. Source removed; values keep their type (appendix 3).
TOP_LEVEL = {
    "id": "event.id",
    "type": "event.action",
    "organization_id": "organization.id",
    "request_method": "http.request.method",
    "request_id": "http.request.id",
    "status_code": "http.response.status_code",
    "url": "url.original",
    "filename": "file.name",
    "reason": "event.reason",
}

# A3. The first that is not null wins.
TARGET_EMAIL = ["invited_email", "deleted_user_email", "user_email", "invitee_email"]
TARGET_ID = ["user_id", "deleted_user_id", "requester_user_id"]
JUDGED_BY_MORE = ["compliance_api_accessed", "org_join_proposal_decided"]  # B2
ROLE_ASSIGNMENTS = ["role_assignment_granted", "role_assignment_revoked"]

# Appendix 1, without what A4 to A6 fill. By type, which the mapping does not look at.
KEYWORDS = """
    access_level account_id action admin_api_key_id alert_emails alerted_roles algorithm api_key_id api_key_name
    artifact_type auth_method baa_content_hash baa_version_label billing_interval cadence claude_artifact_id
    claude_artifact_version_id claude_chat_id claude_chat_snapshot_id claude_file_id claude_project_document_id
    claude_project_id claude_published_artifact_id cli_name command_id command_name config_id connection_id
    connection_type consent_id consent_type current_role current_value decision domain entity_id entity_type
    environment_id extension_id federation_issuer_id federation_rule_id file_id folder_id ghe_configuration_id
    github_webhook_id group_id group_name installation_preference integration_id integration_type invite_id
    invited_role key_backing_type key_group_identifier key_name limit_action limit_type limiter_type lti_platform_id
    lti_platform_issuer marketplace_id max_permission mcp_server_id mcp_server_name member_ids mfa_method model
    model_group new_collection_method new_mode new_owner_id new_plan new_signing_key_id old_plan old_signing_key_id
    op_name org_id organization_uuid per_review_limit_usd plan_type plugin_id plugin_name previous_mode
    previous_owner_id previous_role previous_value principal_id principal_type provider repo_name repo_owner
    repository_name request_body request_type resource_id resource_type resync_uuid role role_id role_name
    scan_project_id scopes service_account_id service_key_id service_name session_id settings_uuid
    setup_guide_content_hash share_id signing_key_id skill_id skill_name spend_limit_id
    spend_limit_increase_request_id status sync_destinations taint target_id target_type title token_id token_name
    tool_name trigger_mode version webhook_id workspace_id
    """.split()
LONGS = """
    added_seats amount cc_email_count current_version limit_usd new_limit_usd new_quantity previous_quantity
    previous_version resolved_count scans_cancelled seat_count target_amount threshold_amount to_email_count value
    """.split()
BOOLEANS = """
    approved billing_address_updated billing_name_updated compliance_api_enabled compliance_api_logging_enabled
    enabled idp_saml_config_updated ignore is_enabled is_service_created magic_link_enabled magic_link_toggled
    preview_only primary_email_set shipping_address_updated shipping_name_updated
    """.split()
FLATTENED = ["audience", "item_allocations", "updates"]
# 133 keywords with the six of the actor, 5 flattened with metadata and setting_metadata.
assert (len(KEYWORDS) + 6, len(LONGS), len(BOOLEANS), len(FLATTENED) + 2) == (133, 16, 16, 5)
MOVED = [*KEYWORDS, *LONGS, *BOOLEANS, *FLATTENED]


def categories():
    """B1, by type: category, type and outcome. The data is the description's own, so its sums are checked."""
    with open(Path(__file__).parents[3] / "Content/activity-categories.csv", newline="") as file:
        rows = {row["activity_type"]: row for row in csv.DictReader(file)}
    del rows["*"]  # B2: not in the table
    assert len(rows) == 305
    assert Counter(row["outcome"] for row in rows.values()) == {"success": 283, "failure": 14, "unknown": 8}
    return {
        name: (row["category"].split(";"), row["type"].split(";"), row["outcome"]) for name, row in rows.items()
    }


CATEGORIES = categories()


def documents(activity):
    if not isinstance(activity, dict):
        return [FAILED]
    if get(activity, "error.message") is not None:  # stage 3: what the collector says of itself
        return [pruned({"ecs": {"version": "9.3.0"}, **activity})]
    try:
        document = pruned(mapped(activity))
    except Failure:
        return [FAILED]
    put(document, "event.original", activity)  # A8: as it was
    return [document]


def mapped(activity):
    document = {"ecs": {"version": "9.3.0"}, "event": {}}
    work = whole(activity)
    top_level(work, document)
    target_user(work, document)
    actor(work, document)
    vendor(work, document)
    put(document, "anthropic.audit.metadata", work)  # A6: the rest, whatever it is
    derived(document)
    if get(document, "event.action") is not None:  # quirk 15
        categorized(document)
    related(document)
    return document


def top_level(work, document):
    for name, path in TOP_LEVEL.items():
        move(work, name, document, path)
    if work.get("created_at") is not None:
        put(document, "@timestamp", date(work.pop("created_at")))
    for name in ["org_name", "organization_name"]:  # quirk 5: whatever organization it is
        if get(document, "organization.name") is None and work.get(name) is not None:
            move(work, name, document, "organization.name")


def target_user(work, document):
    for path, candidates in [("user.target.email", TARGET_EMAIL), ("user.target.id", TARGET_ID)]:
        for name in candidates:
            if get(document, path) is None and work.get(name) is not None:  # a null is skipped (appendix 3)
                move(work, name, document, path)
    for name, kind in [("principal_id", "principal_type"), ("target_id", "target_type")]:  # quirk 2
        if get(document, "user.target.id") is None and work.get(kind) == "user" and work.get(name) is not None:
            move(work, name, document, "user.target.id")
    if get(document, "event.action") in ROLE_ASSIGNMENTS and work.get("role") is not None:
        put(document, "user.target.roles", [work.pop("role")])


def actor(work, document):
    """A4. Newer kinds of actors have no identity here (quirk 19)."""
    move(work, "actor", document, "anthropic.audit.actor")
    actor = get(document, "anthropic.audit.actor")
    if not isinstance(actor, dict):
        return
    kind = actor.get("type")
    move(actor, "ip_address", document, "source.ip")
    move(actor, "user_agent", document, "user_agent.original")
    if kind in ["user_actor", "anthropic_actor"]:
        move(actor, "email_address", document, "user.email")
    if kind == "user_actor":
        move(actor, "user_id", document, "user.id")
    if actor.get("unauthenticated_email_address") is not None:
        move(actor, "unauthenticated_email_address", document, "user.email")


def vendor(work, document):
    """A5."""
    move(work, "metadata", document, "anthropic.audit.setting_metadata")
    if work.get("from_date") is not None:
        put(document, "anthropic.audit.from_date", date(work.pop("from_date")))
    if work.get("to_date") is not None:
        put(document, "anthropic.audit.to_date", date(work["to_date"]))  # and it stays (quirk 1)
    if work.get("github_webhook_id") is not None:
        put(document, "anthropic.audit.github_webhook_id", as_text(work.pop("github_webhook_id")))
    for name in MOVED:
        move(work, name, document, f"anthropic.audit.{name}")


def as_text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def derived(document):
    """A7, without what a data base of user agents or of networks adds."""
    email = get(document, "user.email")
    if isinstance(email, str) and "@" in email:
        put(document, "user.name", email.partition("@")[0])
    for name, value in (parts(get(document, "url.original")) or {}).items():
        put(document, f"url.{name}", value)
    if not isinstance(get(document, "user_agent.original"), (str, type(None))):
        raise Failure("a user agent that is no text")
    address = get(document, "source.ip")
    if address:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise Failure("an address that no network has") from None


def categorized(document):
    """B2."""
    action = get(document, "event.action")
    category, kind, outcome = CATEGORIES.get(action, ([], ["info"], "unknown"))  # quirk 14
    if action == "compliance_api_accessed":  # quirk 12
        status = get(document, "http.response.status_code")
        outcome = "unknown"
        if status is not None:
            outcome = "success" if 200 <= status <= 299 else "failure" if 400 <= status <= 499 else "unknown"
    if action == "org_join_proposal_decided":  # quirk 13
        outcome = "success" if get(document, "anthropic.audit.approved") is True else "failure"
    document["event"] |= {"kind": "event", "category": category, "type": kind, "outcome": outcome}


def related(document):
    """A7. What is not here is in no related field (quirk 4)."""
    users = [get(document, path) for path in ["user.email", "user.id", "user.target.email", "user.target.id"]]
    if get(document, "anthropic.audit.principal_type") == "user":
        users.append(get(document, "anthropic.audit.principal_id"))  # quirk 3
    for name in ["member_ids", "alert_emails"]:
        users += get(document, f"anthropic.audit.{name}") or []
    put(document, "related.user", without_repeats(users))
    put(document, "related.ip", without_repeats([get(document, "source.ip")]))
    put(document, "related.hosts", without_repeats([get(document, "url.domain")]))
