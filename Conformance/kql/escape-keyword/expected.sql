("event.action" = $1)
-- $1 text("this or that AND not")
