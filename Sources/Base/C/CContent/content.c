#include "content.h"

#define CONTENT(name)                                                                                            \
    docket_content docket_content_##name(void) {                                                                 \
        docket_content content = {name, sizeof name};                                                            \
        return content;                                                                                          \
    }

static const unsigned char archive_dictionary[] = {
#embed "../../../../Content/archive-1.dictionary"
};
CONTENT(archive_dictionary)

static const unsigned char disclosure[] = {
#embed "../../../../Content/disclosure-1.tsv"
};
CONTENT(disclosure)

static const unsigned char detectors_contact[] = {
#embed "../../../../Content/detectors/contact.yaml"
};
CONTENT(detectors_contact)

static const unsigned char detectors_finance[] = {
#embed "../../../../Content/detectors/finance.yaml"
};
CONTENT(detectors_finance)

static const unsigned char detectors_person[] = {
#embed "../../../../Content/detectors/person.yaml"
};
CONTENT(detectors_person)

static const unsigned char detectors_secret[] = {
#embed "../../../../Content/detectors/secret.yaml"
};
CONTENT(detectors_secret)

static const unsigned char fields[] = {
#embed "../../../../Content/fields.tsv"
};
CONTENT(fields)

static const unsigned char grok[] = {
#embed "../../../../Content/grok.tsv"
};
CONTENT(grok)

static const unsigned char activity_categories[] = {
#embed "../../../../Content/activity-categories.csv"
};
CONTENT(activity_categories)

static const unsigned char activity_prefix_rules[] = {
#embed "../../../../Content/activity-prefix-rules.csv"
};
CONTENT(activity_prefix_rules)

static const unsigned char audit_log_events[] = {
#embed "../../../../Content/audit-log-events.csv"
};
CONTENT(audit_log_events)

static const unsigned char console_css[] = {
#embed "../../../../Content/console/console.css"
};
CONTENT(console_css)

static const unsigned char console_sessions_css[] = {
#embed "../../../../Content/console/sessions.css"
};
CONTENT(console_sessions_css)

static const unsigned char console_icon[] = {
#embed "../../../../Content/console/icon.svg"
};
CONTENT(console_icon)

static const unsigned char openapi[] = {
#embed "../../../../docs/api/openapi.json"
};
CONTENT(openapi)

static const unsigned char redaction_fields[] = {
#embed "../../../../Content/redaction-fields.tsv"
};
CONTENT(redaction_fields)

static const unsigned char simulated_activities[] = {
#embed "../../../../Content/simulated-activities.tsv"
};
CONTENT(simulated_activities)

static const unsigned char schema_objects[] = {
#embed "../../../../Content/schemas/objects.tsv"
};
CONTENT(schema_objects)

static const unsigned char ocsf_classes[] = {
#embed "../../../../Content/schemas/ocsf-classes.tsv"
};
CONTENT(ocsf_classes)

static const unsigned char ocsf_events[] = {
#embed "../../../../Content/schemas/ocsf-events.tsv"
};
CONTENT(ocsf_events)

static const unsigned char ocsf_attributes[] = {
#embed "../../../../Content/schemas/ocsf-attributes.tsv"
};
CONTENT(ocsf_attributes)

static const unsigned char cim_events[] = {
#embed "../../../../Content/schemas/cim-events.tsv"
};
CONTENT(cim_events)

static const unsigned char cim_fields[] = {
#embed "../../../../Content/schemas/cim-fields.tsv"
};
CONTENT(cim_fields)

// Not a file of the repository: Debian's uap-core has it under the Apache License 2.0.
#if !__has_embed("/usr/share/uap-core/regexes.yaml")
#error "the patterns of user agents are missing: run scripts/deps/packages.sh run, or install uap-core"
#endif
static const unsigned char user_agents[] = {
#embed "/usr/share/uap-core/regexes.yaml"
};
CONTENT(user_agents)

static const unsigned char console_elements_js[] = {
#embed "../../../../Content/console/scripts/elements.js"
};
CONTENT(console_elements_js)

static const unsigned char console_frame_js[] = {
#embed "../../../../Content/console/scripts/frame.js"
};
CONTENT(console_frame_js)

static const unsigned char console_integrity_css[] = {
#embed "../../../../Content/console/integrity.css"
};
CONTENT(console_integrity_css)

static const unsigned char console_integrity_js[] = {
#embed "../../../../Content/console/scripts/integrity.js"
};
CONTENT(console_integrity_js)

static const unsigned char console_search_css[] = {
#embed "../../../../Content/console/search.css"
};
CONTENT(console_search_css)

static const unsigned char console_search_js[] = {
#embed "../../../../Content/console/scripts/search.js"
};
CONTENT(console_search_js)

static const unsigned char console_columns_js[] = {
#embed "../../../../Content/console/scripts/columns.js"
};
CONTENT(console_columns_js)

static const unsigned char console_complete_js[] = {
#embed "../../../../Content/console/scripts/complete.js"
};
CONTENT(console_complete_js)

static const unsigned char console_palette_js[] = {
#embed "../../../../Content/console/scripts/palette.js"
};
CONTENT(console_palette_js)

static const unsigned char console_charts_css[] = {
#embed "../../../../Content/console/charts.css"
};
CONTENT(console_charts_css)

static const unsigned char console_charts_js[] = {
#embed "../../../../Content/console/scripts/charts.js"
};
CONTENT(console_charts_js)

static const unsigned char dashboard_audit_overview[] = {
#embed "../../../../Content/dashboards/audit-overview.json"
};
CONTENT(dashboard_audit_overview)

static const unsigned char dashboard_code_security[] = {
#embed "../../../../Content/dashboards/code-security.json"
};
CONTENT(dashboard_code_security)

static const unsigned char dashboard_tool_calls[] = {
#embed "../../../../Content/dashboards/tool-calls.json"
};
CONTENT(dashboard_tool_calls)

static const unsigned char dashboard_permission_decisions[] = {
#embed "../../../../Content/dashboards/permission-decisions.json"
};
CONTENT(dashboard_permission_decisions)

static const unsigned char dashboard_mcp_access[] = {
#embed "../../../../Content/dashboards/mcp-access.json"
};
CONTENT(dashboard_mcp_access)

static const unsigned char dashboard_sessions[] = {
#embed "../../../../Content/dashboards/sessions.json"
};
CONTENT(dashboard_sessions)

static const unsigned char dashboard_cost_tokens[] = {
#embed "../../../../Content/dashboards/cost-tokens.json"
};
CONTENT(dashboard_cost_tokens)

static const unsigned char dashboard_traces[] = {
#embed "../../../../Content/dashboards/traces.json"
};
CONTENT(dashboard_traces)

static const unsigned char dashboard_integrity_health[] = {
#embed "../../../../Content/dashboards/integrity-health.json"
};
CONTENT(dashboard_integrity_health)
