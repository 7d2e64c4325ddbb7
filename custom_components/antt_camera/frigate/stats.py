"""Frigate's statistics, recomputed every 15 s and pushed over both links."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .parse import Fields, ParseProblems, as_number

FULL_SYSTEM = "frigate.full_system"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStats:
    """Figures of one camera: frames per second, % of a core, dBFS, counts of the last hour."""

    camera_fps: float | None = None
    process_fps: float | None = None
    skipped_fps: float | None = None
    detection_fps: float | None = None
    expected_fps: float | None = None
    connection_quality: str | None = None
    reconnects_last_hour: int | None = None
    stalls_last_hour: int | None = None
    ffmpeg_cpu: float | None = None
    capture_cpu: float | None = None
    detect_cpu: float | None = None
    audio_dbfs: float | None = None
    audio_rms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorStats:
    """A detector: milliseconds for one picture, °C where it tells."""

    inference_ms: float | None
    temperature: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuStats:
    """A graphics processor: % load, % memory, °C."""

    load: float | None
    memory: float | None
    temperature: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskStats:
    """A file system, in MB as Frigate counts (2^20 bytes)."""

    total: float | None
    used: float | None
    free: float | None
    mount_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """All figures of a server. `last_updated` and times are UTC epoch seconds, `uptime` seconds."""

    cameras: Mapping[str, CameraStats]
    detectors: Mapping[str, DetectorStats]
    gpus: Mapping[str, GpuStats]
    storage: Mapping[str, DiskStats]
    cpu: float | None
    memory: float | None
    detection_fps: float | None
    uptime: float | None
    version: str | None
    latest_version: str | None
    last_updated: float | None

    @classmethod
    def from_wire(cls, wire: Any, problems: ParseProblems) -> Self | None:
        """Read the statistics; None if it is no object."""
        if not isinstance(wire, dict):
            problems.count("stats")
            return None
        fields = Fields(wire, "stats", problems)
        service = fields.object("service")
        system = fields.object("cpu_usages").object(FULL_SYSTEM)
        usage = fields.wire.get("cpu_usages")
        processes = usage if isinstance(usage, dict) else {}
        return cls(
            cameras={
                key: _camera(camera, processes)
                for key, camera in fields.objects("cameras").items()
                if not key.startswith("_replay_")
            },
            detectors=_detectors(fields, service),
            gpus={
                **{key: _gpu(gpu) for key, gpu in fields.objects("gpu_usages").items()},
                **{key: _gpu(npu, "npu") for key, npu in fields.objects("npu_usages").items()},
            },
            storage={
                path: DiskStats(
                    total=disk.number("total"),
                    used=disk.number("used"),
                    free=disk.number("free"),
                    mount_type=disk.text("mount_type"),
                )
                for path, disk in service.objects("storage").items()
            },
            cpu=system.number("cpu"),
            memory=system.number("mem"),
            detection_fps=fields.number("detection_fps"),
            uptime=service.number("uptime"),
            version=service.text("version"),
            latest_version=service.text("latest_version"),
            last_updated=service.number("last_updated"),
        )


def _cpu(camera: Fields, processes: Mapping[str, Any], key: str, pid_key: str) -> float | None:
    """Return a process's load: 0.18 gives it by name, earlier releases by process id."""
    if camera.wire.get(key) is not None:
        return camera.number(key)
    process = processes.get(str(camera.wire.get(pid_key)))
    return as_number(process.get("cpu")) if isinstance(process, dict) else None


def _camera(camera: Fields, processes: Mapping[str, Any]) -> CameraStats:
    return CameraStats(
        camera_fps=camera.number("camera_fps"),
        process_fps=camera.number("process_fps"),
        skipped_fps=camera.number("skipped_fps"),
        detection_fps=camera.number("detection_fps"),
        expected_fps=camera.number("expected_fps"),
        connection_quality=camera.text("connection_quality"),
        reconnects_last_hour=camera.integer("reconnects_last_hour"),
        stalls_last_hour=camera.integer("stalls_last_hour"),
        ffmpeg_cpu=_cpu(camera, processes, "ffmpeg_cpu", "ffmpeg_pid"),
        capture_cpu=_cpu(camera, processes, "capture_cpu", "capture_pid"),
        detect_cpu=_cpu(camera, processes, "detect_cpu", "pid"),
        audio_dbfs=camera.number("audio_dBFS"),
        audio_rms=camera.number("audio_rms"),
    )


def _detectors(fields: Fields, service: Fields) -> dict[str, DetectorStats]:
    """Read the detectors; before 0.18 the temperatures of Coral sticks stand apart, by device."""
    old = service.object("temperatures").wire
    return {
        key: DetectorStats(
            inference_ms=detector.number("inference_speed"),
            temperature=detector.number("temperature") or as_number(old.get(key)),
        )
        for key, detector in fields.objects("detectors").items()
    }


def _gpu(gpu: Fields, load: str = "gpu") -> GpuStats:
    return GpuStats(
        load=_percent(gpu, load), memory=_percent(gpu, "mem"), temperature=_percent(gpu, "temp")
    )


def _percent(fields: Fields, key: str) -> float | None:
    """Read texts such as `12.5%`, `-` and ``, which are not wrong but unknown."""
    value = fields.wire.get(key)
    if isinstance(value, str):
        return as_number(value.strip().rstrip("%°C ").strip())
    return as_number(value)
