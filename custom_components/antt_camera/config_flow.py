"""Setting up a commune: its name, then its first Frigate server."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
import voluptuous as vol
from yarl import URL

from .const import CONF_TOPIC_PREFIX, DOMAIN, SUBENTRY_FRIGATE
from .flow_forms import login_form
from .flow_server import Draft, ServerSteps, async_follow_soon
from .frigate.client import FrigateClient
from .frigate.errors import FrigateError
from .identity import async_last_config, make_connection
from .probe import OPEN_PORT, inspect_server, probe_error
from .subentry_flow import FrigateSubentryFlow

CONF_COMMUNE = "commune"
NEW_COMMUNE = "new"
DEFAULT_NAME = "ANTT xã …"
AVAILABLE = "/available"

NAME_FORM = vol.Schema({vol.Required(CONF_NAME): TextSelector()})


class AnttConfigFlow(
    ServerSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow, domain=DOMAIN
):
    """Adds a commune, or a discovered server to a commune that is there already."""

    VERSION = 1
    MINOR_VERSION = 1

    _name = ""
    _commune: ConfigEntry | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Offer to add servers to a commune."""
        return {SUBENTRY_FRIGATE: FrigateSubentryFlow}

    # -- commune ------------------------------------------------------------------------------------------------

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the commune's name."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._name = user_input[CONF_NAME].strip(" .…")
            if self._name:
                return await self.async_step_server()
            errors[CONF_NAME] = "name_missing"
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                NAME_FORM, user_input or {CONF_NAME: DEFAULT_NAME}
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the commune's name."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            if name := user_input[CONF_NAME].strip():
                return self.async_update_and_abort(entry, title=name)
            errors[CONF_NAME] = "name_missing"
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                NAME_FORM, user_input or {CONF_NAME: entry.title}
            ),
            errors=errors,
        )

    # -- server -------------------------------------------------------------------------------------------------

    @override
    async def async_suggested_address(self) -> str | None:
        """Return the address of the Frigate that Home Assistant itself runs as an app."""
        if not is_hassio(self.hass):
            return None
        # Imported only where it runs: it brings much along.
        from homeassistant.components import hassio  # noqa: PLC0415

        try:
            apps = hassio.get_apps_list(self.hass)
        except hassio.HassioNotReadyError:
            return None
        slugs = (str(app.get("slug", "")) for app in apps)
        return next((_app_url(slug) for slug in slugs if "_frigate" in slug), None)

    @override
    async def async_server_done(self) -> ConfigFlowResult:
        """Make the commune with its server, or give the server to the commune that was chosen."""
        draft = self._draft
        if self._commune is not None:
            self.hass.config_entries.async_add_subentry(
                self._commune,
                ConfigSubentry(
                    data=MappingProxyType(draft.data),
                    subentry_type=SUBENTRY_FRIGATE,
                    title=draft.title,
                    unique_id=None,
                ),
            )
            return self.async_abort(
                reason="server_added",
                description_placeholders={"server": draft.title, "commune": self._commune.title},
            )
        # What a server was discovered by says nothing about the commune.
        await self.async_set_unique_id(None)
        return self.async_create_entry(
            title=self._name,
            data={},
            subentries=[
                ConfigSubentryData(
                    data=draft.data,
                    subentry_type=SUBENTRY_FRIGATE,
                    title=draft.title,
                    unique_id=None,
                )
            ],
        )

    # -- discovery ----------------------------------------------------------------------------------------------

    @override
    async def async_step_mqtt(self, discovery_info: MqttServiceInfo) -> ConfigFlowResult:
        """Take a server that says over MQTT that it is there. Its address it does not say."""
        prefix = discovery_info.topic.removesuffix(AVAILABLE)
        await self.async_set_unique_id(f"mqtt:{prefix}")
        self._abort_if_unique_id_configured()
        if discovery_info.payload not in ("online", b"online"):
            return self.async_abort(reason="not_online")
        for subentry, own in await self._async_prefixes():
            if own == prefix:
                return self._known(subentry)
        self._draft.topic_prefix = prefix
        return await self._async_discovered(f"MQTT {prefix}")

    @override
    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """Take a server that runs as an app beside Home Assistant."""
        await self.async_set_unique_id(f"app:{discovery_info.slug}")
        self._abort_if_unique_id_configured()
        config = discovery_info.config
        host, port = config.get("host"), config.get("port")
        url = _app_url(discovery_info.slug)
        if isinstance(host, str) and isinstance(port, int):
            url = str(URL.build(scheme="http", host=host, port=port))
        for entry in self._communes():
            for subentry in entry.get_subentries_of_type(SUBENTRY_FRIGATE):
                if URL(subentry.data[CONF_URL]).host == URL(url).host:
                    return self._known(subentry)
        self._draft.address = url
        return await self._async_discovered(discovery_info.name)

    def _known(self, subentry: ConfigSubentry) -> ConfigFlowResult:
        return self.async_abort(
            reason="already_configured", description_placeholders={"server": subentry.title}
        )

    def _communes(self) -> list[ConfigEntry]:
        return self.hass.config_entries.async_entries(DOMAIN, include_ignore=False)

    async def _async_prefixes(self) -> list[tuple[ConfigSubentry, str | None]]:
        """Return the topic prefix of each server: as set up, else by its last known configuration."""
        found: list[tuple[ConfigSubentry, str | None]] = []
        for entry in self._communes():
            for subentry in entry.get_subentries_of_type(SUBENTRY_FRIGATE):
                prefix = subentry.data.get(CONF_TOPIC_PREFIX)
                if prefix is None and (
                    config := await async_last_config(self.hass, entry, subentry.subentry_id)
                ):
                    prefix = config.mqtt.topic_prefix if config.mqtt.enabled else None
                found.append((subentry, prefix))
        return found

    async def _async_discovered(self, name: str) -> ConfigFlowResult:
        self.context["title_placeholders"] = {"name": name}
        if self._communes():
            return await self.async_step_commune()
        return await self.async_step_user()

    async def async_step_commune(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which commune a discovered server belongs to."""
        communes = {entry.entry_id: entry for entry in self._communes()}
        if user_input is not None:
            self._commune = communes.get(user_input[CONF_COMMUNE])
            if self._commune is None:
                return await self.async_step_user()
            return await self.async_step_server()
        options = [
            *(SelectOptionDict(value=key, label=entry.title) for key, entry in communes.items()),
            # Its text is in the translations.
            SelectOptionDict(value=NEW_COMMUNE, label=NEW_COMMUNE),
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, translation_key=CONF_COMMUNE)
        )
        return self.async_show_form(
            step_id="commune",
            data_schema=vol.Schema(
                {vol.Required(CONF_COMMUNE, default=next(iter(communes), NEW_COMMUNE)): selector}
            ),
            description_placeholders={"name": self.context["title_placeholders"]["name"]},
        )

    # -- login that was refused ---------------------------------------------------------------------------------

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Ask for a new login for the server that refused; the others of the commune are left alone."""
        entry = self._get_reauth_entry()
        subentry = entry.subentries.get(entry_data.get("subentry_id", ""))
        if subentry is None:
            return self.async_abort(reason="server_gone")
        self._subentry_id = subentry.subentry_id
        self._draft = Draft.of(subentry)
        self.context["title_placeholders"] = {"name": f"{entry.title}: {subentry.title}"}
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the new login and try it."""
        draft, entry = self._draft, self._get_reauth_entry()
        problem = None
        if user_input is not None:
            draft.username = user_input[CONF_USERNAME].strip()
            draft.password = user_input[CONF_PASSWORD]
            client = FrigateClient(async_get_clientsession(self.hass), make_connection(draft.data))
            try:
                await inspect_server(client)
            except FrigateError as err:
                problem = probe_error(err)
            else:
                subentry = entry.subentries.get(self._subentry_id or "")
                if subentry is None:
                    return self.async_abort(reason="server_gone")
                login = {CONF_USERNAME: draft.username, CONF_PASSWORD: draft.password}
                self.hass.config_entries.async_update_subentry(
                    entry, subentry, data={**subentry.data, **login}
                )
                async_follow_soon(self.hass, entry)
                return self.async_abort(
                    reason="reauth_successful", translation_domain=HOMEASSISTANT_DOMAIN
                )
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                login_form(), {CONF_USERNAME: draft.username}
            ),
            errors={} if problem is None else {"base": problem.key},
            description_placeholders={
                "server": draft.title,
                "url": draft.url,
                **(problem.placeholders if problem is not None else {}),
            },
        )


def _app_url(slug: str) -> str:
    """Return where an app answers inside Home Assistant's own network."""
    return f"http://{slug.replace('_', '-')}:{OPEN_PORT}"
