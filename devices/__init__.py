"""Adapters for what a kiosk's hall plugs in: a library of its own that knows nothing of the kiosk."""
