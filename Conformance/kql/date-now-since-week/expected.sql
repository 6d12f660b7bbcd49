("@timestamp" >= $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1791158400000000000))
