"""What agents say to language models, and what becomes of the answers. Pure: nobody is asked here."""
