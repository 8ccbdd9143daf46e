"""A scripted resident, technician and manager who walk the real screens by touches: the demo without a screen."""
