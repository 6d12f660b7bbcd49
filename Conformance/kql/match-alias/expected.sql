("gen_ai.tool.name" = $1)
-- $1 text("Bash")
