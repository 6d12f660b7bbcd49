("event.action" IN ($1, $2, $3))
-- $1 text("a")
-- $2 text("b")
-- $3 text("c d")
