"""
The tablet: an encrypted store, an exchange, and one facade for the app.
"""
