"""An app of the test settings, whose ``flush`` stands in for Django's."""
