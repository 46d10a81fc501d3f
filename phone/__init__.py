"""The reference client: a student's phone in Python, which speaks the public API only.

Begin with ``check_in.py``, which has the steps of a check-in. ``client.py`` has the calls, and
``key.py`` signs each of them. ``camera.py`` and ``radio.py`` describe by protocols what an app
has to supply itself. The guide is docs/phone-client.md.
"""
