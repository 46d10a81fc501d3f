"""Pages of this app: what waits for a person's answer, and the student's page."""
