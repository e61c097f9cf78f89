"""The steps of planning a brief: what is missing, the matrix, the wiring, the words, the money."""
