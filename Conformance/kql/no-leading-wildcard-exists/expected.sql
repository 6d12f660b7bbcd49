("event.action" IS NOT NULL)
