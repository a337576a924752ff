"""The pages, a module a section: each reads, does one thing at the desk, and writes."""
