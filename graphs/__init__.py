"""The production: what introduces the crafts to one another."""
