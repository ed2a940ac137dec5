"""A collective that lives a school year through the public APIs."""
