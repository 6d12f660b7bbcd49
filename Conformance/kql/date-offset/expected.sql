("@timestamp" >= $1 AND "@timestamp" <= $2)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791440118000000000))
-- $2 timestamp(Platform.Timestamp(nanoseconds: 1791440118999999999))
