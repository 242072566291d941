"""Sessions: rotation, channels, ends, keys, races, and what happens when the database is gone."""
