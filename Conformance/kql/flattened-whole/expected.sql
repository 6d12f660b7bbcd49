(list_contains(flatten([docket_texts(entry.value) for entry in map_entries("rest") if starts_with(entry.key, $1)]), $2))
-- $1 text("anthropic.audit.metadata.")
-- $2 text("admin")
