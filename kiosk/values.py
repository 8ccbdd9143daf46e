"""How our frozen values are declared, for this floor and those above; see `devices.values`."""

from devices.values import NOTHING_UNKNOWN as NOTHING_UNKNOWN
from devices.values import Checked as Checked
from devices.values import dataclass as dataclass
from devices.values import setting as setting
