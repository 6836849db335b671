"""The wiring of the stages: worker, pool, schedule, scan."""
