"""Potential: a small, explainable model that orders the candidates. The rule decides, the model orders."""
