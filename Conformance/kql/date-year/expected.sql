("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1767225600000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1798761599999999999))
