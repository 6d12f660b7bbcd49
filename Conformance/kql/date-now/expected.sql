(("@timestamp" >= $1) AND ("@timestamp" < $2))
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791446418137000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1791447318137000000))
