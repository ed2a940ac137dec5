"""Who could be paired with whom, and for how many points: found for whole pools at once."""
