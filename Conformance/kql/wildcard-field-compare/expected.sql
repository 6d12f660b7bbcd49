(("http.response.status_code" >= $1) OR (len([item for item in flatten([docket_texts(entry.value) for entry in map_entries("rest") if starts_with(entry.key, $2)]) if docket_number(item) >= $3]) > 0))
-- $1 integer(5)
-- $2 text("http.")
-- $3 double(5.0)
