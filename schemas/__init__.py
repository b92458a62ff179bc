"""Records, vocabularies and Arrow schemas of every table. Standard library and pyarrow only."""
