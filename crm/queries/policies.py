"""The editions in use, read once a process; a broken one stops the start."""

from functools import cache

from pipelines.qualification.policies import SHIPPED, Policies, read_policies


@cache
def known_policies() -> Policies:
    return read_policies(SHIPPED)
