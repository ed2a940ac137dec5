"""Look after a pair, from the mentor's yes until what became of the mentee is known."""
