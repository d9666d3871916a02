"""Reference data that every county needs, and one county that is invented from the first name to the last figure."""

DEFAULT_FIRMS = 2_500
DEFAULT_SEED = 2016
LARGEST = 1_000_000
