(contains("url.domain", $1))
-- $1 text("example")
