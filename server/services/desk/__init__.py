"""The desk: what people decide, see and are told at the office."""
