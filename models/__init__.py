"""What makes and what sees."""
