(("user.name" = $1) OR (list_contains(docket_attributes("rest", $2), $1)))
-- $1 text("ada")
-- $2 text("user.*")
