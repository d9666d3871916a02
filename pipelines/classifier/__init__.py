"""Potential: a small, explainable model that orders lists and never decides.

It is a stranger to qualification: the rules judge, the model orders. What it reads is a Ledger of dated columns; what
it learns from is official results only.
"""
