"""What intake does: load, decide, save, emit, inside the caller's transaction."""
