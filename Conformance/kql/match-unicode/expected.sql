("user.name" = $1)
-- $1 text("Zoë Łukasz")
