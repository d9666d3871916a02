"""Reference data that every county needs, and one county that is invented from the first name to the last figure."""
