(docket_ip("source.ip") BETWEEN $1 AND $2)
-- $1 text("00000000000000000000ffff0a000000")
-- $2 text("00000000000000000000ffff0affffff")
