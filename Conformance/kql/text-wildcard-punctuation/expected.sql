(contains(lower("message"), $1))
-- $1 text("example.com")
