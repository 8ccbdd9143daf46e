"""What can be done here: the model, loading and checking, search, and the nine zones."""
