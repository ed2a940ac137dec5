"""What durability costs: a command that is kept and announced beside one that is only answered."""
