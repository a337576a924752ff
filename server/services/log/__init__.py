"""The log: how a changeset comes into its records, and how what changed goes out again."""
