"""Word papers: what the shipped templates say, and how one is written and filled in."""
