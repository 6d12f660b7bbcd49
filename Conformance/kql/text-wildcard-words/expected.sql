((len([word for word in string_split(docket_words("message"), ' ') if starts_with(word, $1)]) > 0) OR (contains(docket_words("message"), $2)))
-- $1 text("err")
-- $2 text(" disk ")
