"""Two things called funnel, kept apart: the ladder firms stand on, and the stages a candidacy goes through."""
