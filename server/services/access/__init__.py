"""Access: who people and devices are, and what each may read and do."""
