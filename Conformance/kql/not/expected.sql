NOT coalesce(("event.action" = $1), false)
-- $1 text("a")
