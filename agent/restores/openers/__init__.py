"""Whether a restored file opens as what it is: one small file for each type, found by listing this package.

They run in a process of their own (child.py), bounded in memory and time: what they read is hostile.
"""
