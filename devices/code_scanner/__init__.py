"""Engines, and the camera, that read codes a resident shows."""
