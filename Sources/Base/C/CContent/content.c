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

static const unsigned char console_icon[] = {
#embed "../../../../Content/console/icon.svg"
};
CONTENT(console_icon)

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
