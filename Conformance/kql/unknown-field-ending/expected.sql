(list_contains(docket_attributes("rest", $1), $2))
-- $1 text("status_code")
-- $2 text("200")
