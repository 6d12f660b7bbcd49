(docket_ip("source.ip") >= $1)
-- $1 text("00000000000000000000ffff0a000000")
