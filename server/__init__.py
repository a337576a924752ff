"""
Server: keeps every changeset, decides who sees what, lets people settle.
"""
