("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1832976000000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1835481599999999999))
