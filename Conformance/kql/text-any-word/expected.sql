((contains(docket_words("message"), $1)) OR (contains(docket_words("message"), $2)))
-- $1 text(" disk ")
-- $2 text(" full ")
