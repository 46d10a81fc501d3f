"""The forms of the teacher's pages."""
