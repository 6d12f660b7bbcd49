(("event.action" = $1) AND ("user.name" = $2))
-- $1 text("knot x")
-- $2 text("order")
