"""The decorator of our frozen values, for this floor and those above; see `devices.values`."""

from devices.values import dataclass as dataclass
