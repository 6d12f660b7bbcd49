("http.response.status_code" >= $1)
-- $1 integer(200)
