#ifndef DOCKET_CONTENT_H
#define DOCKET_CONTENT_H

#include <stddef.h>

// The data files under Content/, carried inside the program so that it is one binary.

typedef struct {
    const unsigned char *start;
    size_t count;
} docket_content;

docket_content docket_content_archive_dictionary(void);
docket_content docket_content_disclosure(void);
docket_content docket_content_detectors_contact(void);
docket_content docket_content_detectors_finance(void);
docket_content docket_content_detectors_person(void);
docket_content docket_content_detectors_secret(void);
docket_content docket_content_fields(void);
docket_content docket_content_grok(void);
docket_content docket_content_activity_categories(void);
docket_content docket_content_activity_prefix_rules(void);
docket_content docket_content_audit_log_events(void);
docket_content docket_content_console_css(void);
docket_content docket_content_console_sessions_css(void);
docket_content docket_content_console_icon(void);
docket_content docket_content_console_elements_js(void);
docket_content docket_content_console_frame_js(void);
docket_content docket_content_console_integrity_css(void);
docket_content docket_content_console_integrity_js(void);
docket_content docket_content_console_search_css(void);
docket_content docket_content_console_search_js(void);
docket_content docket_content_console_columns_js(void);
docket_content docket_content_console_complete_js(void);
docket_content docket_content_console_palette_js(void);
docket_content docket_content_openapi(void);
docket_content docket_content_redaction_fields(void);
docket_content docket_content_simulated_activities(void);
docket_content docket_content_schema_objects(void);
docket_content docket_content_ocsf_classes(void);
docket_content docket_content_ocsf_events(void);
docket_content docket_content_ocsf_attributes(void);
docket_content docket_content_cim_events(void);
docket_content docket_content_cim_fields(void);
docket_content docket_content_user_agents(void);
docket_content docket_content_console_charts_css(void);
docket_content docket_content_console_charts_js(void);
docket_content docket_content_dashboard_audit_overview(void);
docket_content docket_content_dashboard_code_security(void);
docket_content docket_content_dashboard_tool_calls(void);
docket_content docket_content_dashboard_permission_decisions(void);
docket_content docket_content_dashboard_mcp_access(void);
docket_content docket_content_dashboard_sessions(void);
docket_content docket_content_dashboard_cost_tokens(void);
docket_content docket_content_dashboard_traces(void);
docket_content docket_content_dashboard_integrity_health(void);

#endif
