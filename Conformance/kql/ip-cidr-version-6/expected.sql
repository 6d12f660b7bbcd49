(docket_ip("source.ip") BETWEEN $1 AND $2)
-- $1 text("20010db8000000000000000000000000")
-- $2 text("20010db8ffffffffffffffffffffffff")
