"""Readers of identity cards."""
