"""A class of 30 that plays itself over HTTP: honest students, and one of each cheat.

Knows the system only from outside, as phones and browsers do: nothing here may import the
server's models or services.
"""
