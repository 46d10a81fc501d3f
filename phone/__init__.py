"""The reference client: a student's phone in Python, which speaks the public API and nothing else.

Begin with ``check_in.py``, which is the way of a check-in; ``client.py`` has the calls and
``key.py`` how each is signed. What an app has to bring of its own stands in ``camera.py`` and
``bluetooth.py`` as protocols. The guide is docs/phone-client.md.
"""
