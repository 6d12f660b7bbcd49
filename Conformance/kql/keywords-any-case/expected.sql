((("event.action" = $1) AND ("user.name" = $2)) OR NOT coalesce((list_contains("tags", $3)), false))
-- $1 text("a")
-- $2 text("b")
-- $3 text("c")
