"""
The demo: an invented agency, a real server, two real tablets, and a day that tests what they promise.
"""
