"""Bringing a server's picture up to date: at the start, after each connection, and once a minute."""

import asyncio
from datetime import datetime, timedelta
import hashlib
import time
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.json import json_loads

from .const import LOGGER, RETRY_MAX, RETRY_MIN, STORAGE_INTERVAL
from .frigate.client import Profiles, UserProfile
from .frigate.config import FrigateConfig
from .frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateTooOldError,
)
from .frigate.messages import Review
from .frigate.stats import Stats
from .frigate.version import MINIMUM_VERSION, FrigateVersion
from .last_config import LastConfig

if TYPE_CHECKING:
    from .server import FrigateServer

FIRST_TIMEOUT = 10.0
ACTIVITY_TIMEOUT = 5.0
PROFILES_SINCE = FrigateVersion(0, 18, 0)


class Synchroniser:
    """Reads over HTTP what the link does not push, in an order that no push is lost or overwritten."""

    def __init__(self, server: FrigateServer, last: LastConfig) -> None:
        """Prepare for one server."""
        self._server = server
        self._last = last
        self._task: asyncio.Task[None] | None = None
        self._poll_task: asyncio.Task[None] | None = None
        self._refresh: CALLBACK_TYPE | None = None
        self._hash = b""
        self._storage_read = 0.0
        self.failures = 0
        self.activity_seen = asyncio.Event()
        self.version: FrigateVersion | None = None
        self.profile: UserProfile | None = None
        self.profiles: Profiles | None = None
        self.storage: dict[str, float] = {}
        self.recorded_days: frozenset[str] = frozenset()

    # -- start --------------------------------------------------------------------------------------------------

    async def async_first(self) -> None:
        """Get a configuration to build devices from: the server's, else the last one known."""
        try:
            async with asyncio.timeout(FIRST_TIMEOUT):
                await self._read_config(force=True)
        except (FrigateError, TimeoutError) as err:
            self.async_failed(err if isinstance(err, FrigateError) else None)
            if self._server.config is None and (
                known := await self._last.async_get(self._server.id)
            ):
                self._server.async_adopt(
                    FrigateConfig.from_wire(known, self._server.live.problems), live=False
                )

    @callback
    def async_begin(self) -> None:
        """Synchronise in the background until it worked; an earlier attempt gives way."""
        self.async_cancel()
        server = self._server
        self._task = server.entry.async_create_background_task(
            server.hass, self._until_done(), f"antt_camera sync {server.name}"
        )

    @callback
    def async_cancel(self) -> None:
        """Stop what is under way."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._refresh is not None:
            self._refresh()
            self._refresh = None

    async def _until_done(self) -> None:
        delay = RETRY_MIN
        while True:
            try:
                await self._everything()
            except FrigateError as err:
                # Frigate's socket and API start seconds apart, so a failure here is usual after a restart.
                self.failures += 1
                self.async_failed(err)
                self._server.async_http_failures(self.failures)
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_MAX)
            else:
                break
        self.failures = 0
        self._server.async_synchronised()

    async def _everything(self) -> None:
        server = self._server
        client, live = server.client, server.live
        live.start_seed()
        try:
            await self._read_config(force=True)
            if server.config is not None:
                live.seed_config(server.config)
            await self._seed_reviews()
            await self._seed_stats()
            if self.version is not None and self.version >= PROFILES_SINCE:
                self.profiles = await client.get_profiles()
                live.set("profile/state", self.profiles.active or "none")
        finally:
            live.end_seed()
        self.activity_seen.clear()
        await server.link.send("onConnect", "")
        try:
            async with asyncio.timeout(ACTIVITY_TIMEOUT):
                await self.activity_seen.wait()
        except TimeoutError:
            LOGGER.debug("%s: no answer to onConnect; counts follow as they change", server.name)
        await self._read_storage()

    # -- parts --------------------------------------------------------------------------------------------------

    async def _read_config(self, *, force: bool = False) -> bool:
        """Adopt the configuration. Returns whether it was read as new."""
        server = self._server
        client = server.client
        if force or self.version is None:
            self.version = await client.get_version()
            if self.version < MINIMUM_VERSION:
                raise FrigateTooOldError(str(self.version), str(MINIMUM_VERSION))
            self.profile = await self._who_am_i()
        raw = await client.get_config_bytes()
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        if digest == self._hash and not force:
            return False
        try:
            wire = json_loads(raw)
        except ValueError as err:
            raise FrigateAnswerError("the configuration is not JSON") from err
        if not isinstance(wire, dict):
            raise FrigateAnswerError("the configuration is not an object")
        config = FrigateConfig.from_wire(wire, server.live.problems)
        server.async_adopt(config, live=True)
        self._hash = digest
        if not config.safe_mode:
            self._last.async_set(server.id, wire)
        return True

    async def _who_am_i(self) -> UserProfile | None:
        try:
            return await self._server.client.get_profile()
        except FrigateNotFoundError, FrigateForbiddenError:
            return None

    async def _seed_reviews(self) -> None:
        server = self._server
        # A segment lasts minutes; one that began a day ago and is still open was left by a crash.
        rows = await server.client.get_reviews(after=time.time() - 6 * 3600)
        reviews = (Review.from_wire(row, server.live.problems) for row in rows)
        server.live.seed_reviews(
            review for review in reviews if review is not None and review.end_time is None
        )

    async def _seed_stats(self) -> None:
        server = self._server
        wire = await server.client.get_stats()
        stats = Stats.from_wire(wire, server.live.problems)
        if stats is not None:
            server.live.seed_stats(stats)

    async def _read_storage(self) -> None:
        server = self._server
        client = server.client
        self._storage_read = time.monotonic()
        try:
            usage = await client.get_storage()
            # Frigate lists its cameras by the names it shows.
            self.storage = {
                camera.key: usage[name]
                for camera in server.cameras.values()
                for name in (camera.name, camera.key)
                if name in usage
            }
        except FrigateForbiddenError, FrigateNotFoundError:
            self.storage = {}
        try:
            self.recorded_days = frozenset(
                await client.get_recording_days(timezone=server.hass.config.time_zone)
            )
        except FrigateForbiddenError, FrigateNotFoundError:
            self.recorded_days = frozenset()
        server.live.touch("@storage")
        server.dispatcher.async_changed()

    # -- later --------------------------------------------------------------------------------------------------

    @callback
    def async_refresh_soon(self) -> None:
        """Read the configuration shortly: a profile changes zones and features without saying which."""
        if self._refresh is None:
            self._refresh = async_call_later(self._server.hass, timedelta(seconds=2), self._due)

    async def _due(self, now: datetime) -> None:
        self._refresh = None
        await self.async_poll(now)

    async def async_poll(self, _now: datetime | None = None) -> None:
        """Read the configuration once; count failures, start over when the server is back."""
        server = self._server
        if not server.link.connected or (self._task is not None and not self._task.done()):
            return
        try:
            changed = await self._read_config()
            if time.monotonic() - self._storage_read >= STORAGE_INTERVAL.total_seconds():
                await self._read_storage()
        except FrigateError as err:
            self.failures += 1
            self.async_failed(err)
            server.async_http_failures(self.failures)
            return
        self.failures = 0
        if server.available:
            # A failure that passed is not the reason of a later loss.
            server.async_set_error(None)
        if changed or not server.available:
            # What is new has no values yet: Frigate tells counts at a greeting only.
            self.async_begin()
            if server.available and self._task is not None:
                await asyncio.wait({self._task}, timeout=FIRST_TIMEOUT)

    @callback
    def async_failed(self, error: FrigateError | None) -> None:
        """Note why the server can't be read; ask for a new login where it was refused."""
        server = self._server
        server.async_set_error(error)
        if isinstance(error, FrigateLoginError) and not error.rate_limited:
            server.entry.async_start_reauth(
                server.hass, data={"subentry_id": server.id, **server.entry.data}
            )
