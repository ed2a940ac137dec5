"""Who may do what: strangers at every door of a platform on which everything has happened once."""
