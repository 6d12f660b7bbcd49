("event.action" = $1)
-- $1 text("a:b(c)<>\"{}\\")
