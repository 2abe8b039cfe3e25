"""One file per revision, numbered; each moves the schema one step, up only."""
