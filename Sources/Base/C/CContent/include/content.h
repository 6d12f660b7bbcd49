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
docket_content docket_content_activity_categories(void);
docket_content docket_content_activity_prefix_rules(void);
docket_content docket_content_audit_log_events(void);
docket_content docket_content_console_css(void);
docket_content docket_content_console_icon(void);
docket_content docket_content_redaction_fields(void);
docket_content docket_content_simulated_activities(void);
docket_content docket_content_schema_objects(void);
docket_content docket_content_ocsf_classes(void);
docket_content docket_content_ocsf_events(void);
docket_content docket_content_ocsf_attributes(void);
docket_content docket_content_cim_events(void);
docket_content docket_content_cim_fields(void);
docket_content docket_content_user_agents(void);

#endif
