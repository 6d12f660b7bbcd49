("@timestamp" < $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1790237718137000000))
