"""Pages for readers, one module for each thing they do."""
