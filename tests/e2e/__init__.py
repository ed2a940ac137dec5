"""The stories of the handbook, told to a whole platform over its pages and its HTTP APIs."""
