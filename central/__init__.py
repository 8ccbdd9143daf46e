"""The reference central server."""

from importlib.metadata import version

__version__ = version("kiosk24")
