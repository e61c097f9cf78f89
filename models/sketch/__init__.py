"""The house model: a stand-in, honest and small."""
