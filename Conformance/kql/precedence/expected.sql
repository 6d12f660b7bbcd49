(("event.action" = $1) OR (("user.name" = $2) AND NOT coalesce((list_contains("tags", $3)), false)))
-- $1 text("a")
-- $2 text("b")
-- $3 text("c")
