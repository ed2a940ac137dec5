"""Prepare mentors, and bring them together."""
