"""Who decides: pure functions of nouns."""
