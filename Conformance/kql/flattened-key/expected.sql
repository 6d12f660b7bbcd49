(list_contains(docket_members("anthropic.audit.metadata", $1, $2), $3))
-- $1 text("anthropic.audit.metadata")
-- $2 text("anthropic.audit.metadata.old_role")
-- $3 text("admin")
