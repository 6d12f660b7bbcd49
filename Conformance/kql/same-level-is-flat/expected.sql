((list_contains("tags", $1)) AND (list_contains("tags", $2)) AND (list_contains("tags", $3)))
-- $1 text("a")
-- $2 text("b")
-- $3 text("c")
