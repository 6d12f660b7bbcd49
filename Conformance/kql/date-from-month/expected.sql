("@timestamp" >= $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1790812800000000000))
