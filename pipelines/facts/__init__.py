"""What is known of a firm on a day, and every figure that follows from it, worked out once."""
