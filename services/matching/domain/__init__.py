"""The rules of matching: no I/O, no clock, no framework; arithmetic on whole pools by NumPy."""
