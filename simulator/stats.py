"""`/api/stats` of a simulated server."""

from collections.abc import Iterable
from dataclasses import dataclass
import math
from typing import Any
from zlib import crc32

from simulator.personality import Personality
from simulator.rows import Json

FIRST_PID = 400
MEGABYTE_TOTAL = 3_815_446.4


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """What the statistics need to know of one camera."""

    key: str
    fps: int
    enabled: bool
    detecting: bool
    offline: bool
    objects: int
    audio_rms: float
    audio_dbfs: float
    reconnects: int
    stalls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHealth:
    """What the statistics need to know of the server. Times are epoch seconds, `used` is in MB."""

    now: float
    started: float
    recordings_mb: float
    detectors: tuple[str, ...]
    unit: str = "metric"


def build_stats(
    cameras: Iterable[CameraHealth], server: ServerHealth, personality: Personality, *, admin: bool
) -> Json:
    """The document; command lines are for administrators only."""
    listed = list(cameras)
    per_camera = {
        one.key: _camera(one, index, server.now, personality) for index, one in enumerate(listed)
    }
    stats: Json = {
        "cameras": per_camera,
        "detectors": {
            name: _detector(name, index, server, personality)
            for index, name in enumerate(server.detectors)
        },
    }
    totals = ("camera_fps", "process_fps", "skipped_fps", "detection_fps")
    for name in totals if personality.totals_in_stats else totals[-1:]:
        stats[name] = round(sum(one[name] for one in per_camera.values()), 1)
    stats["embeddings"] = {}
    stats["gpu_usages"] = {"intel-gpu": _gpu(server.now, personality)}
    stats["cpu_usages"] = _cpu(listed, server.now, admin=admin)
    stats["service"] = _service(server, personality)
    stats["processes"] = {
        name: {"pid": FIRST_PID + index, "cpu": "0.5", "mem": "0.7"}
        for index, name in enumerate(
            ("recording", "review_segment", "embeddings", "audio_detector")
        )
    }
    return stats


def _noise(seed: str, now: float, spread: float) -> float:
    """A figure between 0 and `spread` that changes every 15 seconds and depends on nothing else."""
    return (crc32(f"{seed}{int(now / 15)}".encode()) % 1000) / 1000 * spread


def _camera(one: CameraHealth, index: int, now: float, personality: Personality) -> Json:
    running = one.enabled and not one.offline
    fps = round(one.fps + _noise(one.key, now, 0.2), 1) if running else 0.0
    pids = [FIRST_PID + 100 + index * 3 + offset for offset in range(3)]
    stats: Json = {
        "camera_fps": fps,
        "process_fps": fps,
        "skipped_fps": 0.0,
        "detection_fps": round(one.objects * one.fps * 0.6, 1)
        if running and one.detecting
        else 0.0,
        "detection_enabled": one.detecting,
        "pid": pids[0] if one.enabled else None,
        "capture_pid": pids[1] if one.enabled else None,
        "ffmpeg_pid": pids[2] if running else None,
        "audio_rms": one.audio_rms,
        "audio_dBFS": one.audio_dbfs,
    }
    if personality.connection_quality:
        stats |= {
            "connection_quality": _quality(one, running=running),
            "expected_fps": one.fps,
            "reconnects_last_hour": one.reconnects,
            "stalls_last_hour": one.stalls,
            "ffmpeg_cpu": f"{2 + _noise(one.key, now, 2):.1f}" if running else None,
            "capture_cpu": "0.4" if running else None,
            "detect_cpu": f"{1 + _noise(one.key + 'd', now, 3):.1f}" if running else None,
        }
    return stats


def _quality(one: CameraHealth, *, running: bool) -> str:
    if not running:
        return "unusable"
    if one.reconnects > 3 or one.stalls > 20:
        return "poor"
    return "fair" if one.reconnects or one.stalls > 5 else "excellent"


def _detector(name: str, index: int, server: ServerHealth, personality: Personality) -> Json:
    stats: Json = {
        "inference_speed": round(9 + _noise(name, server.now, 3), 2),
        "detection_start": round(server.now - 0.02, 6),
        "pid": FIRST_PID + 50 + index,
    }
    if personality.connection_quality:
        stats |= {
            "temperature": round(52 + _noise(name + "t", server.now, 6), 1),
            "cpu": "35.0",
            "mem": "0.9",
        }
    return stats


def _gpu(now: float, personality: Personality) -> Json:
    load: Json = {"gpu": f"{12 + _noise('gpu', now, 20):.2f}%", "mem": "-%"}
    if personality.connection_quality:
        load |= {"enc": "0.00%", "dec": "8.00%", "vendor": "intel"}
    return load


def _cpu(cameras: list[CameraHealth], now: float, *, admin: bool) -> Json:
    usages: Json = {
        "frigate.full_system": {
            "cpu": f"{25 + _noise('cpu', now, 30):.1f}",
            "mem": f"{40 + _noise('mem', now, 5):.1f}",
        }
    }
    for index, one in enumerate(cameras):
        for offset, kind in enumerate(("process", "capture")):
            entry: Json = {
                "cpu": f"{_noise(one.key + kind, now, 4):.1f}",
                "cpu_average": "1",
                "mem": "0.6",
            }
            if admin:
                entry["cmdline"] = f"frigate.{kind}:{one.key}"
            usages[str(FIRST_PID + 100 + index * 3 + offset)] = entry
    return usages


def _service(server: ServerHealth, personality: Personality) -> Json:
    used = round(min(MEGABYTE_TOTAL * 0.95, 180_000 + server.recordings_mb), 1)
    disk = {
        "total": MEGABYTE_TOTAL,
        "used": used,
        "free": round(MEGABYTE_TOTAL - used, 1),
        "mount_type": "ext4",
    }
    memory: dict[str, Any] = {"total": 1024.0, "used": 30.5, "free": 993.5, "mount_type": "tmpfs"}
    service: Json = {
        "uptime": max(0, math.floor(server.now - server.started)),
        "version": personality.version,
        "latest_version": personality.version.partition("-")[0],
    }
    if not personality.connection_quality:
        service["temperatures"] = {}
    service["storage"] = {
        "/media/frigate/recordings": dict(disk),
        "/media/frigate/clips": dict(disk),
        "/tmp/cache": memory,
        "/dev/shm": {
            **memory,
            "available": 993.5,
            "camera_frame_size": 7.4,
            "shm_frame_count": 50,
            "min_shm": 198,
        },
    }
    service["last_updated"] = math.floor(server.now)
    return service
