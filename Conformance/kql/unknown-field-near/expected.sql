(list_contains(docket_attributes("rest", $1), $2))
-- $1 text("event.acton")
-- $2 text("tool_result")
