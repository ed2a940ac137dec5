"""Facts that followup announces: what became of a pair, from its gates to its outcome."""
