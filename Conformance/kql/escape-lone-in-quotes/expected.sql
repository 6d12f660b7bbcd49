("process.command_line" = $1)
-- $1 text("C:\\Windows\\System32")
