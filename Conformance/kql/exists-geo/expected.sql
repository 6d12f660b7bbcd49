("source.geo.location" IS NOT NULL)
