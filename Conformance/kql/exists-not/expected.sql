NOT coalesce(("user.name" IS NOT NULL), false)
