("http.response.status_code" IS NOT NULL)
