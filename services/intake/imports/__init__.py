"""The door of spreadsheets: read apart, understood row by row, staged sealed, and then entered."""
