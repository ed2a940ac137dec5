"""A platform that is lost, and what brings it back."""
