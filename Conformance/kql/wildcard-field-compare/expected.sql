(("http.response.status_code" >= $1) OR (len([item for item in docket_attributes("rest", $2) if docket_number(item) >= $3]) > 0))
-- $1 integer(5)
-- $2 text("http.*")
-- $3 double(5.0)
