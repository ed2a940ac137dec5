"""What matching does: load, decide, save, emit, inside the caller's transaction."""
