("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791417600000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1791503999999999999))
