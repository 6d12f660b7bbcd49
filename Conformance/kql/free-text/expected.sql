(contains(docket_words("event.action"), $1) OR contains(docket_words("user.name"), $1) OR contains(docket_words("url.domain"), $1) OR contains(docket_words("process.command_line"), $1) OR contains(docket_words("gen_ai.tool.name"), $1) OR len([item for item in "tags" if contains(docket_words(item), $1)]) > 0 OR contains(docket_words("message"), $1) OR contains(docket_words("source.ip"), $1) OR len([item for item in "related.ip" if contains(docket_words(item), $1)]) > 0 OR len([item for item in docket_members("anthropic.audit.metadata", $2, $3) if contains(docket_words(item), $1)]) > 0 OR len([item for item in docket_attributes("rest", $3) if contains(docket_words(item), $1)]) > 0)
-- $1 text(" disk ")
-- $2 text("anthropic.audit.metadata")
-- $3 text("*")
