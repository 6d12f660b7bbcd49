("http.response.status_code" IN ($1, $2, $3))
-- $1 integer(200)
-- $2 integer(404)
-- $3 integer(500)
