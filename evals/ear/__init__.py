"""How the ear of a session is trained, and the turns it is trained on."""
