(("user.name" IS NOT NULL) OR ("user.is_admin" IS NOT NULL) OR (list_count(docket_attributes("rest", $1)) > 0))
-- $1 text("user.*")
