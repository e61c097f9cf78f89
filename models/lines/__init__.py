"""Lines of workers and the room they share. Knows no cluster: the same code runs on Ray and on the virtual clock."""
