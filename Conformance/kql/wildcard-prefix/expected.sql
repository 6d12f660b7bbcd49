(starts_with("event.action", $1))
-- $1 text("tool")
