"""An app of the test settings, whose ``flush`` takes the place of Django's."""
