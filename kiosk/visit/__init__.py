"""One resident's visit."""
