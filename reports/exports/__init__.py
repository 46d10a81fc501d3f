"""Reports as files for spreadsheets. ``tables`` says what is in them, ``files`` writes them."""
