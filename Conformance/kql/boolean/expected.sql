("user.is_admin" = $1)
-- $1 boolean(true)
