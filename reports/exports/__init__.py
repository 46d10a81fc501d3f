"""Reports as files for a spreadsheet: what stands in them, and in which format."""
