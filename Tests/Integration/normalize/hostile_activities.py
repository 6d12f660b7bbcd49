"""Activities that nobody would like to get."""

from pathlib import Path

from . import activities
from .hostile import Hostile

CONTENT = Path(__file__).parents[3] / "Content"
IN_THE_TABLE = list(activities.CATEGORIES)
LISTED = [
    line.split("\t")[0]
    for line in (CONTENT / "simulated-activities.tsv").read_text().splitlines()[1:] if not line.startswith("#")
]
OUTSIDE = sorted({*LISTED} - {*IN_THE_TABLE})

DATES = [
    "2026-05-26T09:00:00Z", "2026-05-26T09:00:00.1Z", "2026-05-26T09:00:00.12Z", "2026-05-26T09:00:00.999Z",
    "2026-05-26T09:00:00.9995Z", "2026-05-26T09:00:00.812446Z", "2026-12-31T23:59:59.999999999Z",
    "2026-01-01T00:30:00+05:30", "2025-12-31T23:30:00.500-08:00", "2026-05-26T09:00:00+00:00", "2028-02-29T12:00:00Z",
    "1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "2100-03-01T00:00:00.001Z", "2026-05-26T09:00:00.0000001+14:00",
]
NO_DATES = [
    "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-05-26T25:00:00Z", "2026-05-26T09:00:00.Z",
]
OTHER_DATES = ["2026-05-26", "2026-05-26T09:00:00", "20260526T090000Z", "2026-05-26 09:00:00Z", "9999-12-31T23:59:59Z",
               "0001-01-01T00:00:00Z", "1780000000"]

ADDRESSES = ["198.51.100.42", "10.0.0.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::1", "2001:DB8:0:0:0:0:0:1"]
EMAILS = ["admin@example.com", "a@b", "a@b@c", "@example.com", "no-at", "ü@example.com", "a b@c", "a.b+c@example.com",
          "UPPER@EXAMPLE.COM", "x@", ""]
AGENTS = ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36", "python-requests/2.32.0", "curl/8.5.0",
          "-", "(", "claude-cli/2.1.294 (external, cli)"]
URLS = [
    "https://api.anthropic.com/v1/compliance/activities?limit=5&order=desc", "/v1/compliance/activities?a=b",
    "https://example.com", "https://example.com/", "http://example.com:8080/a/b.tar.gz#top", "https://example.com?q",
    "https://EXAMPLE.com/Path/", "http://[2001:db8::1]:8080/x", "https://198.51.100.7/hook.php?x=1#a/b.c",
    "mailto:admin@example.com", "urn:isbn:0451450523", "//example.com/x", "relative/path.txt", "?only=query", "#only",
    "https://example.com/a.b/c", "https://example.com/.env", "https://example.com/x.", "not a url",
    "ftp://example.com/a;b=c,d", "https://example.com/a//b/../c", "file:///etc/passwd", "https://example.com:443",
    "http://example.com/?", "http://example.com/#", "https://example.com/a?b?c", "https://example.com/ü/日本.txt",
    "/v1/compliance/activities?activity_types[]=a&activity_types[]=b", "https://example.com/a#b?c.d",
]
OTHER_URLS = [
    "https://u:p@example.com/", "https://example.com/%2e%41?%20=%C3%BC", "http://a_b/", "http://example.com:/",
    "http://exa mple.com/x", "http://example.com:99999/", "://", "1:2", "https:/x", "https://",
]

# The eleven kinds of actors, with all members that one may have.
ACTORS = {
    "user_actor": ["email_address", "user_id", "ip_address", "user_agent"],
    "api_actor": ["api_key_id", "ip_address", "user_agent"],
    "admin_api_key_actor": ["admin_api_key_id", "ip_address", "user_agent"],
    "unauthenticated_user_actor": ["unauthenticated_email_address", "ip_address", "user_agent"],
    "anthropic_actor": ["email_address"],
    "system_actor": ["service"],
    "service_account_actor": ["service_account_id", "ip_address", "user_agent"],
    "scim_directory_sync_actor": ["workos_event_id", "directory_id", "idp_connection_type"],
    "federated_identity_actor": ["issuer", "subject", "audience", "ip_address", "user_agent"],
    "federated_actor": ["provider", "subject", "ip_address", "user_agent"],
    "attested_device_actor": ["external_client_id", "kid_hash", "ip_address", "user_agent"],
}
MEMBERS = sorted({member for members in ACTORS.values() for member in members})


def activity(hostile):
    made = {}
    if hostile.chance(97):
        made["type"] = kind(hostile)
    optional = [
        (95, "id", hostile.text), (95, "created_at", lambda: date(hostile)), (90, "actor", lambda: actor(hostile)),
        (70, "organization_id", hostile.text), (70, "organization_uuid", hostile.text),
        (15, "url", lambda: url(hostile)), (15, "filename", hostile.text), (10, "reason", hostile.text),
        (10, "request_method", lambda: hostile.one(["GET", "POST", None])), (10, "request_id", hostile.text),
        (20, "status_code", lambda: status(hostile)),
        (15, "org_name", lambda: name(hostile)), (15, "organization_name", lambda: name(hostile)),
        (10, "from_date", lambda: date(hostile)), (10, "to_date", lambda: date(hostile)),
        (10, "metadata", hostile.value), (5, "setting_metadata", hostile.value),
        (5, "github_webhook_id", lambda: webhook(hostile)),
        (10, "updates", lambda: updates(hostile)), (10, "audience", lambda: audience(hostile)),
        (10, "item_allocations", lambda: hostile.list()), (20, "approved", lambda: approved(hostile)),
    ]
    for percent, field, value in optional:
        if hostile.chance(percent):
            made[field] = value()
    made |= targets(hostile)
    for field in hostile.some(activities.MOVED, 6):
        made.setdefault(field, moved(hostile, field))
    for _ in range(hostile.number(0, 3)):
        made.setdefault(unknown(hostile), hostile.value())
    if hostile.wild:
        for field in hostile.some(sorted(made), 2):
            made[field] = hostile.nothing() if hostile.chance(50) else hostile.value()
    fields = list(made)
    hostile.random.shuffle(fields)
    return {field: made[field] for field in fields}


def kind(hostile):
    if hostile.chance(10):
        return hostile.one([*activities.ROLE_ASSIGNMENTS, *activities.JUDGED_BY_MORE, "rbac_role_assigned"])
    if hostile.chance(60):
        return hostile.one(IN_THE_TABLE)
    if hostile.chance(60):
        return hostile.one(OUTSIDE)
    known = hostile.one(IN_THE_TABLE)
    return hostile.one(
        [known.upper(), known + "_", known[:-1], " " + known, "user_login", "*", hostile.text(empty=False), None])


def date(hostile):
    if hostile.wild and hostile.chance(20):
        return hostile.one(OTHER_DATES)
    if hostile.chance(2):
        return hostile.one(NO_DATES)
    if hostile.chance(3):
        return None
    if hostile.chance(40):
        return hostile.one(DATES)
    digits = hostile.number(0, 9)
    fraction = "." + "".join(hostile.random.choices("0123456789", k=digits)) if digits else ""
    zone = hostile.one(["Z", "Z", f"{hostile.one('+-')}{hostile.number(0, 13):02}:{hostile.one(['00', '30', '45'])}"])
    return (f"{hostile.number(1970, 2200)}-{hostile.number(1, 12):02}-{hostile.number(1, 28):02}"
            f"T{hostile.number(0, 23):02}:{hostile.number(0, 59):02}:{hostile.number(0, 59):02}{fraction}{zone}")


def actor(hostile):
    if hostile.chance(3):
        return hostile.one([None, {}, "just text", 7, [], {"type": None}, {"type": {"a": 1}}, [{"type": "user_actor"}]])
    kind = hostile.one([*ACTORS, "user_actor", "user_actor", "unknown_actor", "User_Actor"])
    made = {"type": kind}
    for member in ACTORS.get(kind, []):
        if hostile.chance(85):
            made[member] = member_value(hostile, member)
    for member in hostile.some(MEMBERS, 3 if hostile.chance(20) else 0):
        if member == "unauthenticated_email_address" and "email_address" in made and not hostile.wild:
            continue
        made.setdefault(member, member_value(hostile, member))
    if hostile.chance(10):
        made[unknown(hostile)] = hostile.value()
    if "unauthenticated_email_address" in made and not hostile.wild:
        made.pop("email_address", None)
    return made


def member_value(hostile, member):
    if hostile.chance(6):
        return None
    if member == "ip_address":
        if hostile.chance(1):
            return hostile.one(["nowhere", "1.2.3", "300.1.1.1", "1.2.3.4:80", "2001:db8::g"])
        return hostile.value() if hostile.wild and hostile.chance(10) else hostile.one(ADDRESSES)
    if member == "user_agent":
        return hostile.one([7, True, {"a": "b"}]) if hostile.chance(1) else hostile.one([*AGENTS, hostile.text()])
    if member in ["email_address", "unauthenticated_email_address"]:
        return hostile.one(EMAILS)
    if member == "audience":
        return hostile.list(2)
    if member == "provider":
        return hostile.one([{"type": "aws", "account_id": "1", "signed_principal": None}, {"type": "oidc"}, {}])
    return hostile.value() if hostile.wild and hostile.chance(10) else hostile.text()


def url(hostile):
    if hostile.chance(5):
        return hostile.scalar() if hostile.wild else None
    return hostile.one([*URLS, *OTHER_URLS] if hostile.wild else URLS)


def status(hostile):
    if hostile.wild and hostile.chance(10):
        return hostile.scalar()
    return hostile.one([100, 199, 200, 204, 299, 300, 399, 400, 404, 429, 499, 500, 503, 599, 0, 600, -200, None])


def name(hostile):
    return hostile.text(empty=hostile.wild) if hostile.chance(80) else None


def approved(hostile):
    return hostile.one([True, False, None, "true", 1, "", {"a": True}, True, False])


def webhook(hostile):
    if hostile.wild and hostile.chance(20):
        return hostile.value()
    return hostile.one([123456789, 0, -1, 12345678901234567890123, "987", "", None, True, False])


def updates(hostile):
    return [
        {"type": hostile.text(), "previous_value": hostile.value(2), "current_value": hostile.value(2)}
        for _ in range(hostile.number(0, 3))
    ]


def audience(hostile):
    return [
        {"type": hostile.one(["public", "user"]), "user_id": hostile.one(["user_1", None]), "role": hostile.scalar()}
        for _ in range(hostile.number(0, 3))
    ]


def targets(hostile):
    """The cascade of the user acted upon, with several who could be it."""
    made = {}
    for field in hostile.some([*activities.TARGET_EMAIL, *activities.TARGET_ID], 4):
        made[field] = target(hostile)
    for field in ["principal", "target"]:
        if hostile.chance(25):
            made[f"{field}_id"] = target(hostile)
        if hostile.chance(25):
            made[f"{field}_type"] = hostile.one(["user", "user", "group", "User", None, 7, ["user"]])
    if hostile.chance(15):
        made["role"] = target(hostile)
    for field in ["member_ids", "alert_emails"]:
        if hostile.chance(8):
            made[field] = people(hostile)
    return made


def target(hostile):
    if hostile.wild and hostile.chance(20):
        return hostile.value()
    return hostile.one([None, "user_1", "user_2", "guest@example.com", hostile.text(empty=False)])


def people(hostile):
    if hostile.wild and hostile.chance(20):
        return hostile.value()
    return hostile.one([None, []]) if hostile.chance(10) else [
        hostile.one(["user_1", "user_2", "admin@example.com", "", hostile.text()]) for _ in range(hostile.number(1, 4))]


def moved(hostile, field):
    """Of one of the fields of appendix 1: any type, but for those that others are made of."""
    if field in ["member_ids", "alert_emails"]:
        return people(hostile)
    if field in ["principal_id", "target_id", "role", "github_webhook_id"]:
        return target(hostile)
    if field in activities.LONGS and hostile.chance(60):
        return hostile.any_number()
    if field in activities.BOOLEANS and hostile.chance(60):
        return hostile.one([True, False])
    return hostile.nothing() if hostile.chance(15) else hostile.value()


def unknown(hostile):
    """A name that no rule knows."""
    name = hostile.one([
        hostile.name(), hostile.word(), "message", "tags", "actor.type", "anthropic", "@timestamp", "data_stream",
        "design_project_id", "keys_written", "authorization_basis", "profile_id", "previous_enabled", "user", "source",
        "user_agent", "http", "ecs", "original", "related", "docket", "host", "labels",
    ])
    return f"{name}_" if name in ["actor", "id", "metadata", "type"] else name


def line(seed, wild=False):
    hostile = Hostile(seed, wild)
    return hostile.line(activity(hostile))
