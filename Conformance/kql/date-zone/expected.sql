("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791392400000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1791478799999999999))
