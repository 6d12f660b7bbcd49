("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1790812800000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1793491199999999999))
