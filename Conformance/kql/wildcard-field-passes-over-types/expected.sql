(("event.action" = $1) OR ("user.name" = $1) OR ("process.command_line" = $1) OR ("gen_ai.tool.name" = $1) OR (contains(docket_words("message"), $2)) OR (list_contains(flatten([docket_texts(entry.value) for entry in map_entries("rest") if contains(entry.key, $3)]), $1)))
-- $1 text("ada")
-- $2 text(" ada ")
-- $3 text("e")
