("source.ip" = $1)
-- $1 text("2001:db8::1")
