"""The rules of the door: who comes in, for how long, and which mails people are owed."""
