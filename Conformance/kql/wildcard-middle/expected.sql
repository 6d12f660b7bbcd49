("event.action" LIKE $1 ESCAPE '\')
-- $1 text("tool%result")
