"""One QObject a screen family, no logic."""
