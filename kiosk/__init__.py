"""What a kiosk does, free of Qt."""

__version__ = "0.1.0"
INSTALLATION = f"{__version__} {__file__!a}"
"""Of what was checked once: by which program. Each installation has a folder of its own, and two may have one version.

In ASCII, for a folder's name need not be text.
"""
