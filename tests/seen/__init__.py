"""What an operator sees of a platform: traces, logs and metrics."""
