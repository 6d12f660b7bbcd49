(("event.action" = $1) AND ("user.name" = $2))
-- $1 text("a")
-- $2 text("b")
