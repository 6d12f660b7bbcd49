((list_has_any("tags", $1)) AND NOT coalesce((list_contains("tags", $2)), false))
-- $1 textList(["a", "b"])
-- $2 text("c")
