(contains(docket_words("message"), $1))
-- $1 text(" disk full ")
