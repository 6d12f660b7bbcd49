("event.action" LIKE $1 ESCAPE '\')
-- $1 text("100\\%%\\_x%y\\\\")
