"""The screens without a kiosk: a stage for every situation, for pictures and for tests."""
