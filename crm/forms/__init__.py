"""What the forms check: shape. What a value means is for the domain to say."""
