(list_count(docket_members("anthropic.audit.metadata", $1, $2)) > 0)
-- $1 text("anthropic.audit.metadata")
-- $2 text("*")
