"""A director's session: what is said, what is answered, what is proposed, and what is done once a person says yes."""
