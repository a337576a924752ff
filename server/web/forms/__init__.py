"""
Forms: what people type, a file for each section, and `entry` for the fields that casework declares.
"""
