"""The rules of reporting: no I/O, no clock, no framework."""
