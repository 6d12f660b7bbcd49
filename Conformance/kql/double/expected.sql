("cost.usd" = $1)
-- $1 double(0.001)
