"""The demo's world: everything a practising kiosk needs around it, on this machine alone."""
