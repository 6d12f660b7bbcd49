(("event.action" = $1) OR ("user.name" = $2))
-- $1 text("a")
-- $2 text("b")
