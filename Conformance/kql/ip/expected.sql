("source.ip" = $1)
-- $1 text("10.0.0.1")
