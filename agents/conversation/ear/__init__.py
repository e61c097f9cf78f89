"""The ear: a small network that says what each part of a turn asks for, where no pattern of the grammar fits."""
