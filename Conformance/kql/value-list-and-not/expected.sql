(("url.domain" IS NOT NULL) AND NOT coalesce(((ends_with("url.domain", $1)) OR ("url.domain" = $2)), false))
-- $1 text(".example.com")
-- $2 text("example.com")
