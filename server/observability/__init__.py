"""What operators see of a running server: logs and metrics with ids and counts, never a client's data."""
