"""Home Assistant 2026.10 puts probatio in the place of voluptuous; so do we for the type checker."""

from probatio import *
