"""A class of 30 that plays itself over HTTP: honest students, and one student for each cheat.

It knows the system only from outside, as phones and browsers do, so nothing here may import the
server's models or services.
"""
