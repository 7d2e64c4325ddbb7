"""A whole simulated server on loopback: ports, websocket, live video, broker connection."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
import time
from typing import Any, Self

from aiohttp import web

from simulator.frigate import Frigate
from simulator.http import app
from simulator.http.exports import ExportJobs
from simulator.http.listeners import Certificate, Listener
from simulator.http.site import Options, Site, User
from simulator.http.websocket import Hub
from simulator.http.world import World
from simulator.media import RtspServer
from simulator.mqtt import MqttBridge
from simulator.personality import Personality
from simulator.scene import Scene

HOST = "127.0.0.1"


class FrigateSimulator:
    """One server, from `async with` to its end.

    The port of `url` asks for no login, like Frigate's 5000; with `users` there is a second one behind a login
    (`secure_url`), like Frigate's 8971, with a self-signed certificate unless `tls` is False.
    `cameras` repeats or cuts the scene to that many. With `live` False time moves by `frigate.step()` only.
    `rtsp` is the port of the restreamer (0: any free one), `mqtt_port` that of a broker on this machine.
    """

    def __init__(
        self,
        scene: Scene | str | Path = "empty",
        personality: str | Personality = "0.18",
        *,
        users: Mapping[str, tuple[str, str]] | None = None,
        roles: Mapping[str, tuple[str, ...]] | None = None,
        tls: bool = True,
        port: int = 0,
        rtsp: int | None = None,
        mqtt_port: int | None = None,
        mqtt_prefix: str = "frigate",
        cameras: int | None = None,
        live: bool = True,
        speed: float = 1.0,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
        history_days: float | None = None,
        base_path: str = "",
        **options: Any,
    ) -> None:
        loaded = scene if isinstance(scene, Scene) else Scene.load(scene)
        self.frigate = Frigate(
            loaded if cameras is None else loaded.with_cameras(cameras),
            personality,
            clock=clock,
            seed=seed,
            speed=speed,
            history_days=history_days,
        )
        logins = tuple(User(name, *login) for name, login in (users or {}).items())
        self._server = Server(
            self.frigate,
            Options(users=logins, roles=roles or {}, base_path=base_path, **options),
            port=port,
            tls=tls,
            rtsp=rtsp,
        )
        self._live = live
        self._mqtt = (mqtt_port, mqtt_prefix)
        self.mqtt: MqttBridge | None = None
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._server.start()
        mqtt_port, prefix = self._mqtt
        if mqtt_port is not None:
            self.mqtt = MqttBridge(self.frigate, mqtt_port, prefix=prefix)
            self.mqtt.start()
        if self._live:
            self._running = asyncio.create_task(self.frigate.run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self.mqtt is not None:
            self.mqtt.stop()
        await self._server.stop()

    @property
    def site(self) -> Site:
        """Faults, logins and the log of requests."""
        return self._server.site

    @property
    def server(self) -> Server:
        """Ports and sockets."""
        return self._server

    @property
    def url(self) -> str:
        """Address without login."""
        return self._server.url

    @property
    def secure_url(self) -> str:
        """Address behind the login."""
        return self._server.secure_url

    @property
    def port(self) -> int:
        """Port without login."""
        return self._server.plain.port


class Server:
    """The ports in front of a world, simulated or recorded."""

    def __init__(
        self,
        world: World,
        options: Options,
        *,
        port: int = 0,
        tls: bool = True,
        rtsp: int | None = None,
    ) -> None:
        self.site = Site(world, options)
        self.site.hub = Hub(self.site)
        self.site.exports = ExportJobs(self.site)
        self._runner = web.AppRunner(app.build(self.site), handle_signals=False, access_log=None)
        self.certificate = Certificate.make() if options.users and tls else None
        self.plain = Listener(self._runner, HOST)
        self.secure = Listener(self._runner, HOST, self.certificate) if options.users else None
        self.rtsp = None if rtsp is None else RtspServer(self.site.media, rtsp)
        self._port = port
        self._stop: Callable[[], None] = world.on_restart(self._process)

    @property
    def url(self) -> str:
        """Address without login."""
        return f"http://{HOST}:{self.plain.port}{self.site.options.base_path}"

    @property
    def secure_url(self) -> str:
        """Address behind the login.

        Raises:
            RuntimeError: There are no users.
        """
        if self.secure is None:
            raise RuntimeError("the server has no users")
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{HOST}:{self.secure.port}{self.site.options.base_path}"

    async def start(self) -> None:
        """Open all ports."""
        await self._runner.setup()
        await self.plain.start(self._port)
        if self.secure is not None:
            await self.secure.start(0)
            self.site.external_port = self.secure.port
        if self.rtsp is not None:
            await self.rtsp.start()

    async def stop(self) -> None:
        """Close everything."""
        self._stop()
        self.site.hub.close()
        self.site.hub.cut()
        await self.disconnect()
        if self.rtsp is not None:
            await self.rtsp.stop()
        await self.site.exports.close()
        if "media" in self.site.__dict__:
            await self.site.media.close()
        await self._runner.cleanup()

    async def disconnect(self) -> None:
        """Cut the network: no port answers, every socket breaks."""
        for listener in (self.plain, self.secure):
            if listener is not None:
                await listener.stop()
        self.site.hub.cut()

    async def reconnect(self) -> None:
        """Mend the network."""
        for listener in (self.plain, self.secure):
            if listener is not None:
                await listener.start(0)

    def _process(self, phase: str) -> None:
        """Follow the process behind: while it is down nginx answers alone, and its sockets are gone."""
        self.site.running = phase == "start"
        if phase != "start":
            self.site.hub.cut()
