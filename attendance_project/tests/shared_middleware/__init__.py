"""An app of the test settings, which makes the middleware once for all clients of the tests."""
