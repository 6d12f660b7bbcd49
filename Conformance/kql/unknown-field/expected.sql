(list_contains(docket_attributes("rest", $1), $2))
-- $1 text("vendor.color")
-- $2 text("blue")
