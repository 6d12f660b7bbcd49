(("source.ip" = $1) OR (docket_ip("source.ip") BETWEEN $2 AND $3))
-- $1 text("10.0.0.1")
-- $2 text("00000000000000000000ffffc0a80000")
-- $3 text("00000000000000000000ffffc0a8ffff")
