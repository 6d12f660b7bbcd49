("@timestamp" >= $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1772236800000000000))
