("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791447300000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1791447359999999999))
