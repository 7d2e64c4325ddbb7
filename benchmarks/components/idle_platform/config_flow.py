"""Home Assistant wants one for every entry; nobody adds this one by hand."""

from homeassistant.config_entries import ConfigFlow


class IdleFlow(ConfigFlow, domain="idle_platform"):
    """No steps."""

    VERSION = 1
