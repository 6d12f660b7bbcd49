(("user.name" = $1) OR (list_contains(flatten([docket_texts(entry.value) for entry in map_entries("rest") if starts_with(entry.key, $2)]), $1)))
-- $1 text("ada")
-- $2 text("user.")
