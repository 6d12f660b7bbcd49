(starts_with("source.ip", $1))
-- $1 text("10.0.")
