"""The reader's grammar: words, phrases, nouns, and the sentence they add up to."""
