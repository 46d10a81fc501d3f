"""Doors that once stood open, tried from outside: plain calls over HTTP to a running server.

Each test is an outsider, a student or a teacher with no more than an address and an account. The
rules are tried one by one, at their edges, beside the code that they are about; here is only
whether the door is shut where people come in. One server process serves all the tests of a worker.
"""
