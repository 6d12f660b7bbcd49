(len([word for word in string_split(docket_words("message"), ' ') if word LIKE $1 ESCAPE '\']) > 0)
-- $1 text("f%d")
