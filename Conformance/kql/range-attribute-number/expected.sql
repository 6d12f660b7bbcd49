(len([item for item in docket_attributes("rest", $1) if docket_number(item) > $2]) > 0)
-- $1 text("vendor.count")
-- $2 double(5.0)
