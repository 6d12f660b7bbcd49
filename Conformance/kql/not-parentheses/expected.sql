NOT coalesce((("event.action" = $1) OR ("user.name" = $2)), false)
-- $1 text("a")
-- $2 text("b")
