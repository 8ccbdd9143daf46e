"""What a kiosk does, free of Qt."""

__version__ = "0.1.0"
