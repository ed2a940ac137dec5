"""The rules of followup: no I/O, no clock, no framework."""
