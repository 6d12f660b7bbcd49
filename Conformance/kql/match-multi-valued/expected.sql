(list_contains("tags", $1))
-- $1 text("red")
