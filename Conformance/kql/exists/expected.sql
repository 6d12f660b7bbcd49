("user.name" IS NOT NULL)
