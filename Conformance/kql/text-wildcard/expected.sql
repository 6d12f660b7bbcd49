(len([word for word in string_split(docket_words("message"), ' ') if starts_with(word, $1)]) > 0)
-- $1 text("fail")
