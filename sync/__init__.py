"""
Sync: changesets that converge, whatever their order.
"""
