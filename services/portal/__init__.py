"""Where people come in: accounts, sign-in, pages over the other services, and mails to people."""
