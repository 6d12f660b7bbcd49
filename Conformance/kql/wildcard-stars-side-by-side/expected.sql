("event.action" LIKE $1 ESCAPE '\')
-- $1 text("a%b")
