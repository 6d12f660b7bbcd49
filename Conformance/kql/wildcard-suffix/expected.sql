(ends_with("url.domain", $1))
-- $1 text(".example.com")
