(len([item for item in docket_attributes("rest", $1) if item > $2]) > 0)
-- $1 text("vendor.stage")
-- $2 text("beta")
