"""What is broken on purpose, and the ledger that says that nothing was lost and nothing doubled."""
