"""Adding a Frigate server to a commune, and changing one."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)

from .flow_server import Draft, ServerSteps, async_follow_soon


class FrigateSubentryFlow(
    ServerSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]], ConfigSubentryFlow
):
    """Adds or changes one server; the others of the commune run on."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a server."""
        return await self.async_step_server()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a server. Its cameras keep their areas, which are changed at their devices."""
        subentry = self._get_reconfigure_subentry()
        self._subentry_id = subentry.subentry_id
        self._draft = Draft.of(subentry)
        self._shows_login = True
        self._asks_areas = False
        return await self.async_step_server()

    @override
    async def async_server_done(self) -> SubentryFlowResult:
        """Keep what was set up."""
        draft = self._draft
        if self._subentry_id is None:
            return self.async_create_entry(title=draft.title, data=draft.data)
        entry = self._get_entry()
        result = self.async_update_and_abort(
            entry, self._get_reconfigure_subentry(), title=draft.title, data=draft.data
        )
        async_follow_soon(self.hass, entry)
        return result
