"""Who must be told what, and on which working day."""
