"""The screens; the only Qt."""
