"""Find a mentor for each young person who waits, say why, and keep the proposals until the yes."""
