("event.action" IN ($1, $2))
-- $1 text("a")
-- $2 text("b")
