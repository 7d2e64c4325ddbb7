"""Fix flows of the repair issues."""

from typing import Any

from homeassistant.components.repairs import FlowType, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import voluptuous as vol

from .const import CONF_TRANSPORT, SUBENTRY_FRIGATE, TRANSPORT_AUTO
from .health import AILMENTS, async_accept

# Where another address, login or transport may be the cure.
_RECONFIGURABLE = frozenset(
    {"unreachable", "certificate", "unauthenticated_port", "not_admin", "mqtt_missing"}
)
_ACCEPTABLE = frozenset(ailment.kind for ailment in AILMENTS if ailment.acceptable)


class FixServer(RepairsFlow):
    """Offers what cures an issue of a server."""

    def __init__(self, kind: str, entry_id: str, server_id: str) -> None:
        """Remember what is wrong, and where."""
        self._kind = kind
        self._entry_id = entry_id
        self._server_id = server_id

    def _found(self) -> tuple[ConfigEntry, ConfigSubentry] | None:
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        subentry = entry.subentries.get(self._server_id) if entry is not None else None
        return (entry, subentry) if entry is not None and subentry is not None else None

    @callback
    def _options(self) -> list[str]:
        options = []
        if self._kind == "login_refused":
            options.append("login")
        if self._kind == "mqtt_missing":
            options.append("use_auto")
        if self._kind in _RECONFIGURABLE:
            options.append("reconfigure")
        if self._kind in _ACCEPTABLE:
            options.append("accept")
        return options

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Offer the cures; a single one needs only a confirmation."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="server_gone")
        options = self._options()
        placeholders = self._placeholders()
        if len(options) > 1:
            return self.async_show_menu(
                step_id="init", menu_options=options, description_placeholders=placeholders
            )
        return self.async_show_form(
            step_id=options[0],
            data_schema=vol.Schema({}),
            description_placeholders=placeholders,
        )

    @callback
    def _placeholders(self) -> dict[str, str]:
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return dict(issue.translation_placeholders or {}) if issue is not None else {}

    async def async_step_accept(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Remember that it is meant to be so; the issue does not come again."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="server_gone")
        async_accept(self.hass, found[0], self._server_id, self._kind)
        return self.async_create_entry(data={})

    async def async_step_use_auto(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Do without MQTT."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="server_gone")
        entry, subentry = found
        self.hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_TRANSPORT: TRANSPORT_AUTO}
        )
        return self.async_create_entry(data={})

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Go on in the form of the server. The issue stays until its cause is gone."""
        if self._found() is None:
            return self.async_abort(reason="server_gone")
        form = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, SUBENTRY_FRIGATE),
            context=SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=self._server_id),
        )
        return self.async_abort(
            reason="continue",
            next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, form["flow_id"]),
        )

    async def async_step_login(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Go on in the form of the login."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="server_gone")
        entry, _ = found
        running = next(iter(entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})), None)
        form = running or await self.hass.config_entries.flow.async_init(
            entry.domain,
            context={"source": SOURCE_REAUTH, "entry_id": entry.entry_id},
            data={"subentry_id": self._server_id},
        )
        return self.async_abort(
            reason="continue", next_flow=(FlowType.CONFIG_FLOW, form["flow_id"])
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the fix flow of an issue."""
    about = data or {}
    return FixServer(
        str(about.get("kind")), str(about.get("entry_id")), str(about.get("server_id"))
    )
