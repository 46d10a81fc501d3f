"""The report pages, a module for each subject. Nothing here writes."""
