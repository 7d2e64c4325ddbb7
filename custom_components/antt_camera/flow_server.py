"""The steps that lead to a Frigate server, shared by everything that adds or changes one."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .const import (
    CONF_AREAS,
    CONF_FINGERPRINT,
    CONF_RTSP_TEMPLATE,
    CONF_TLS,
    CONF_TOPIC_PREFIX,
    CONF_TRANSPORT,
    TRANSPORT_AUTO,
    TRANSPORT_MQTT,
)
from .flow_forms import (
    CONF_ADDRESS,
    SECTION_ADVANCED,
    area_form,
    area_names,
    certificate_form,
    is_stream_template,
    login_form,
    server_form,
)
from .frigate.client import FrigateClient, TlsMode
from .frigate.config import FrigateConfig
from .frigate.errors import FrigateError, FrigateLoginError
from .hamlets import async_area_ids, suggest
from .identity import async_find_known, async_identify, make_connection
from .probe import (
    Inspection,
    InvalidAddressError,
    ProbeError,
    find_server,
    inspect_server,
    probe_error,
)


@dataclass(kw_only=True)
class Draft:
    """What is known of the server so far."""

    address: str = ""
    name: str | None = None
    url: str = ""
    username: str | None = None
    password: str | None = None
    tls: TlsMode = TlsMode.VERIFY
    fingerprint: str | None = None
    transport: str = TRANSPORT_AUTO
    topic_prefix: str | None = None
    rtsp_template: str | None = None
    areas: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> Self:
        """Return the present settings of a server."""
        data = subentry.data
        return cls(
            address=data[CONF_URL],
            name=subentry.title,
            url=data[CONF_URL],
            username=data.get(CONF_USERNAME),
            password=data.get(CONF_PASSWORD),
            tls=TlsMode(data.get(CONF_TLS, TlsMode.VERIFY)),
            fingerprint=data.get(CONF_FINGERPRINT),
            transport=data.get(CONF_TRANSPORT, TRANSPORT_AUTO),
            topic_prefix=data.get(CONF_TOPIC_PREFIX),
            rtsp_template=data.get(CONF_RTSP_TEMPLATE),
            areas=dict(data.get(CONF_AREAS, {})),
        )

    @property
    def title(self) -> str:
        """Return the server's name: the given one, else one by its address."""
        return self.name or f"Frigate {URL(self.url).host}"

    @property
    def data(self) -> dict[str, Any]:
        """Return the data of the subentry. What was left empty has no key."""
        data = {
            CONF_URL: self.url,
            CONF_USERNAME: self.username,
            CONF_PASSWORD: self.password,
            CONF_TLS: self.tls.value,
            CONF_FINGERPRINT: self.fingerprint,
            CONF_TRANSPORT: self.transport,
            CONF_TOPIC_PREFIX: self.topic_prefix,
            CONF_RTSP_TEMPLATE: self.rtsp_template,
            CONF_AREAS: self.areas,
        }
        return {key: value for key, value in data.items() if value is not None}


class ServerSteps[_ContextT: FlowContext, _ResultT: FlowResult[Any, Any], _HandlerT](
    FlowHandler[_ContextT, _ResultT, _HandlerT]
):
    """Address, certificate, login, areas. Whoever uses it says what comes after."""

    # Whether the form of the address has fields for the login, as where it can be taken away.
    _shows_login = False
    # Whether cameras are put into areas: only as long as they have no device.
    _asks_areas = True
    # The server that is changed; None while one is added.
    _subentry_id: str | None = None

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._draft = Draft()
        self._config: FrigateConfig | None = None

    @abstractmethod
    async def async_server_done(self) -> _ResultT:
        """Keep the server of `_draft`."""

    async def async_suggested_address(self) -> str | None:
        """Return an address to begin with."""
        return None

    # -- address ------------------------------------------------------------------------------------------------

    async def async_step_server(self, user_input: dict[str, Any] | None = None) -> _ResultT:
        """Ask for the address."""
        if user_input is None:
            return await self._show_server(None, {}, {})
        draft = self._draft
        self._take_advanced(user_input)
        draft.address = user_input[CONF_ADDRESS].strip()
        if self._shows_login:
            self._take_login(user_input)
        if draft.rtsp_template and not is_stream_template(self.hass, draft.rtsp_template):
            return await self._show_server(user_input, {"base": "invalid_template"}, {})
        if draft.transport == TRANSPORT_MQTT and not self.hass.config_entries.async_entries("mqtt"):
            return await self._show_server(user_input, {"base": "mqtt_not_set_up"}, {})
        try:
            found = await find_server(async_get_clientsession(self.hass), draft.address)
        except InvalidAddressError:
            return await self._show_server(user_input, {CONF_ADDRESS: "invalid_address"}, {})
        except ProbeError as err:
            return await self._show_server(user_input, {"base": err.key}, err.placeholders)
        if URL(found.url).host != URL(draft.url).host and not user_input.get(CONF_PASSWORD):
            # A password is only for the machine that it was typed in for.
            draft.password = None
        draft.url = found.url
        if found.fingerprint is not None and not (
            draft.tls is TlsMode.PINNED and draft.fingerprint == found.fingerprint
        ):
            draft.fingerprint = found.fingerprint
            return self._show_certificate()
        if found.fingerprint is None:
            draft.tls, draft.fingerprint = TlsMode.VERIFY, None
        if found.needs_login and not (draft.username and draft.password):
            return self._show_login({}, {})
        return await self._async_connect()

    def _take_advanced(self, user_input: dict[str, Any]) -> None:
        draft, advanced = self._draft, user_input[SECTION_ADVANCED]
        draft.name = advanced.get(CONF_NAME, "").strip() or None
        draft.transport = advanced[CONF_TRANSPORT]
        draft.topic_prefix = advanced.get(CONF_TOPIC_PREFIX, "").strip().strip("/") or None
        draft.rtsp_template = advanced.get(CONF_RTSP_TEMPLATE, "").strip() or None

    def _take_login(self, user_input: dict[str, Any]) -> None:
        """Take a login that may be cleared. An empty password keeps the old one, for the same name only."""
        draft = self._draft
        username = user_input.get(CONF_USERNAME, "").strip() or None
        password = user_input.get(CONF_PASSWORD) or None
        if password is None and username == draft.username:
            password = draft.password
        draft.username = username
        draft.password = password if username else None

    async def _show_server(
        self,
        user_input: dict[str, Any] | None,
        errors: dict[str, str],
        placeholders: dict[str, str],
    ) -> _ResultT:
        values = user_input
        if values is None:
            draft = self._draft
            values = {
                CONF_ADDRESS: draft.address or await self.async_suggested_address(),
                CONF_USERNAME: draft.username,
                SECTION_ADVANCED: {
                    CONF_NAME: draft.name,
                    CONF_TRANSPORT: draft.transport,
                    CONF_TOPIC_PREFIX: draft.topic_prefix,
                    CONF_RTSP_TEMPLATE: draft.rtsp_template,
                },
            }
        return self.async_show_form(
            step_id="server",
            data_schema=self.add_suggested_values_to_schema(
                server_form(login=self._shows_login), values
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    # -- certificate --------------------------------------------------------------------------------------------

    def _show_certificate(self) -> _ResultT:
        draft = self._draft
        fingerprint = (draft.fingerprint or "").upper()
        pairs = ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2))
        return self.async_show_form(
            step_id="certificate",
            data_schema=self.add_suggested_values_to_schema(
                certificate_form(),
                {CONF_TLS: draft.tls if draft.tls is TlsMode.OFF else TlsMode.PINNED},
            ),
            description_placeholders={"url": draft.url, "fingerprint": pairs},
        )

    async def async_step_certificate(self, user_input: dict[str, Any]) -> _ResultT:
        """Take the choice what to do with a certificate that nobody vouches for."""
        draft = self._draft
        draft.tls = TlsMode(user_input[CONF_TLS])
        if draft.tls is TlsMode.OFF:
            draft.fingerprint = None
        return await self._async_connect()

    # -- login --------------------------------------------------------------------------------------------------

    def _show_login(self, errors: dict[str, str], placeholders: dict[str, str]) -> _ResultT:
        return self.async_show_form(
            step_id="login",
            data_schema=self.add_suggested_values_to_schema(
                login_form(), {CONF_USERNAME: self._draft.username}
            ),
            errors=errors,
            description_placeholders={"url": self._draft.url, **placeholders},
        )

    async def async_step_login(self, user_input: dict[str, Any]) -> _ResultT:
        """Take the login."""
        self._draft.username = user_input[CONF_USERNAME].strip()
        self._draft.password = user_input[CONF_PASSWORD]
        return await self._async_connect()

    # -- what the server says -----------------------------------------------------------------------------------

    async def _async_connect(self) -> _ResultT:
        """Connect as set up so far and go where the answer leads."""
        draft = self._draft
        client = FrigateClient(async_get_clientsession(self.hass), make_connection(draft.data))
        try:
            inspection = await inspect_server(client)
        except FrigateLoginError as err:
            asked = not (draft.username and draft.password)
            return self._show_login({} if asked else {"base": probe_error(err).key}, {})
        except FrigateError as err:
            return await self._show_problem(probe_error(err))
        identity = await async_identify(client, inspection.config)
        known = await async_find_known(self.hass, draft.url, identity, except_id=self._subentry_id)
        if known is not None:
            return self.async_abort(
                reason="already_configured", description_placeholders={"server": known.title}
            )
        if (problem := self._transport_problem(inspection)) is not None:
            return await self._show_problem(problem)
        self._config = inspection.config
        if self._asks_areas and inspection.config.cameras:
            return await self.async_step_areas()
        return await self.async_server_done()

    def _transport_problem(self, inspection: Inspection) -> ProbeError | None:
        """Check the topic prefix against Frigate's own, and adopt that where none was given."""
        draft, own = self._draft, inspection.config.mqtt
        if draft.transport == TRANSPORT_MQTT:
            if not own.enabled:
                return ProbeError("mqtt_disabled")
            if draft.topic_prefix not in (None, own.topic_prefix):
                return ProbeError("wrong_prefix", {"prefix": own.topic_prefix})
        # Kept for the other links too: by it a server that is announced over MQTT is known already.
        draft.topic_prefix = own.topic_prefix if own.enabled else None
        return None

    async def _show_problem(self, problem: ProbeError) -> _ResultT:
        """Show the address's form as it was filled in."""
        return await self._show_server(
            {
                CONF_ADDRESS: self._draft.address,
                CONF_USERNAME: self._draft.username,
                SECTION_ADVANCED: {
                    CONF_NAME: self._draft.name,
                    CONF_TRANSPORT: self._draft.transport,
                    CONF_TOPIC_PREFIX: self._draft.topic_prefix,
                    CONF_RTSP_TEMPLATE: self._draft.rtsp_template,
                },
            },
            {"base": problem.key},
            problem.placeholders,
        )

    # -- areas --------------------------------------------------------------------------------------------------

    async def async_step_areas(self, user_input: dict[str, Any] | None = None) -> _ResultT:
        """Ask where the cameras are."""
        assert self._config is not None
        form, keys = area_form(self.hass, self._config)
        if user_input is None:
            areas = [area.name for area in ar.async_get(self.hass).async_list_areas()]
            suggested = suggest(self._config, areas)
            return self.async_show_form(
                step_id="areas",
                data_schema=self.add_suggested_values_to_schema(
                    form,
                    {field: suggested[key] for field, key in keys.items() if key in suggested},
                ),
                description_placeholders={"count": str(len(keys))},
            )
        self._draft.areas = async_area_ids(self.hass, area_names(user_input, keys))
        return await self.async_server_done()


@callback
def async_follow_soon(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Let a commune that waits for its next attempt try the changed settings now; a loaded one follows by itself."""
    if entry.state is ConfigEntryState.SETUP_RETRY:
        hass.config_entries.async_schedule_reload(entry.entry_id)
