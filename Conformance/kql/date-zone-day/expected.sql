("@timestamp" >= $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791392400000000000))
