(list_contains(docket_members("anthropic.audit.metadata", $1, $2), $3))
-- $1 text("anthropic.audit.metadata")
-- $2 text("*")
-- $3 text("admin")
