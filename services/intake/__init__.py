"""Take requests and applications in, and find an association for each."""
