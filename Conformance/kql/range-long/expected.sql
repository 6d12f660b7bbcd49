(("http.response.status_code" >= $1) AND ("http.response.status_code" < $2))
-- $1 integer(400)
-- $2 integer(500)
