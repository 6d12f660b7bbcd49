#include "content.h"

#define CONTENT(name)                                                                                            \
    docket_content docket_content_##name(void) {                                                                 \
        docket_content content = {name, sizeof name};                                                            \
        return content;                                                                                          \
    }

static const unsigned char disclosure[] = {
#embed "../../../../Content/disclosure-1.tsv"
};
CONTENT(disclosure)

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

static const unsigned char console_css[] = {
#embed "../../../../Content/console/console.css"
};
CONTENT(console_css)

static const unsigned char console_icon[] = {
#embed "../../../../Content/console/icon.svg"
};
CONTENT(console_icon)

static const unsigned char simulated_activities[] = {
#embed "../../../../Content/simulated-activities.tsv"
};
CONTENT(simulated_activities)
