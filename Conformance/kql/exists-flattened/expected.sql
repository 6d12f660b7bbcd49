(list_count(flatten([docket_texts(entry.value) for entry in map_entries("rest") if starts_with(entry.key, $1)])) > 0)
-- $1 text("anthropic.audit.metadata.")
