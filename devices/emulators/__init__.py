"""The other end of the cable: programs that speak each device's bytes on a pseudo-terminal."""
