"""
Casework: what a home visit records and what it means.
"""
