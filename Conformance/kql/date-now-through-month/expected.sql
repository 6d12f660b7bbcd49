("@timestamp" <= $1)
-- $1 timestamp(Platform.Timestamp(nanoseconds: 1793491199999999999))
