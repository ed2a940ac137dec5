"""What the portal does: load, decide, save, inside the caller's transaction."""
