"""The rules of training: no I/O, no clock, no framework."""
