"""What pictures look like, in a cinematographer's words: named looks, and how they are put together."""
