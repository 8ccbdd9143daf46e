"""How our frozen values are declared, for this floor and those above; see `devices.values`."""

from devices.values import NOTHING_UNKNOWN as NOTHING_UNKNOWN
from devices.values import Checked as Checked
from devices.values import dataclass as dataclass
from devices.values import defaults_of as defaults_of
from devices.values import fresh as fresh
from devices.values import is_value as is_value
from devices.values import names_of as names_of
from devices.values import setting as setting
