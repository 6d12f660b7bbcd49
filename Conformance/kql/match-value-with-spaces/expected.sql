(("event.action" = $1) AND ("user.name" = $2))
-- $1 text("tool   result")
-- $2 text("ada")
