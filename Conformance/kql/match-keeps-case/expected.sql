("event.action" = $1)
-- $1 text("Tool_Result")
