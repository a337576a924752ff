"""
The record types, one file each. A new type is a new file here: `catalogue` finds it by itself.
"""
