(list_contains(docket_texts("rest"[$1]), $2))
-- $1 text("anthropic.audit.metadata.old_role")
-- $2 text("admin")
