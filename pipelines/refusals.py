"""How the domain says no."""


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A request that the rules do not allow; its text is a sentence an officer can read."""
