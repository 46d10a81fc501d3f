"""Pages of this app: what waits for a person's word, and the student's page."""
