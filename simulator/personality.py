"""Releases of Frigate the simulator can behave as, and what differs between them."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Personality:
    """One release. Every flag tells whether it has the feature; the releases below are the source of truth."""

    name: str
    version: str
    config_version: str

    @cached_property
    def minor(self) -> int:
        """Number of the release line: 16, 17 or 18."""
        return int(self.name.partition(".")[2])

    @property
    def _17(self) -> bool:
        return self.minor >= 17

    @property
    def _18(self) -> bool:
        return self.minor >= 18

    # HTTP and login.

    @property
    def custom_roles(self) -> bool:
        """Roles limited to a list of cameras."""
        return self._17

    @property
    def admin_by_default(self) -> bool:
        """Paths that say nothing about roles need an admin."""
        return self._17

    @property
    def token_has_issue_time(self) -> bool:
        """`iat` in the login token."""
        return self._17

    @property
    def cache_per_role(self) -> bool:
        """The five-second cache tells users apart."""
        return self._17

    @property
    def reviewed_hidden_by_default(self) -> bool:
        """`/api/review` without `reviewed` leaves out what was reviewed."""
        return not self._17

    @property
    def camera_set_endpoint(self) -> bool:
        """Commands over `PUT /api/camera/{camera}/set/{feature}`."""
        return self._18

    @property
    def export_jobs(self) -> bool:
        """Exports are queued jobs, answered with 202."""
        return self._18

    @property
    def export_cases(self) -> bool:
        """Exports belong to cases."""
        return self._18

    @property
    def export_bulk_delete(self) -> bool:
        """Exports are deleted by a list of ids; the single delete is gone."""
        return self._18

    @property
    def offline_header(self) -> bool:
        """`X-Frigate-Offline` and `X-Frame-Time` with pictures."""
        return self._18

    @property
    def snapshot_options_after_end(self) -> bool:
        """Crop, box and size are honoured for the snapshot of an object that ended."""
        return self._18

    @property
    def clean_snapshot_webp(self) -> bool:
        """The clean snapshot is stored as WebP; before, as PNG."""
        return self._17

    @property
    def stored_snapshot_jpg(self) -> bool:
        """A finished object's snapshot with its drawings is stored as a file."""
        return not self._18

    @property
    def files_scoped(self) -> bool:
        """Recordings, clips and exports on disk are only for roles that may see their camera."""
        return self._18

    # Topics.

    @property
    def says_stopped(self) -> bool:
        """A clean stop publishes `available` = `stopped`; before, the retained `online` stays."""
        return self._18

    @property
    def has_profiles(self) -> bool:
        """Profiles and `profile/state`."""
        return self._18

    @property
    def camera_status(self) -> bool:
        """`<camera>/status/<role>`."""
        return self._17

    @property
    def audio_summary(self) -> bool:
        """`<camera>/audio/all` and `audio_detections`."""
        return self._17

    @property
    def birdseye_layout(self) -> bool:
        """`birdseye_layout`."""
        return self._17

    @property
    def descriptions(self) -> bool:
        """Object and review descriptions, audio transcription and their switches."""
        return self._17

    @property
    def classification(self) -> bool:
        """Custom classification models and semantic triggers."""
        return self._17

    @property
    def zone_switches(self) -> bool:
        """Zones and masks can be switched."""
        return self._18

    @property
    def jobs(self) -> bool:
        """`job_state`."""
        return self._18

    @property
    def camera_notifications_over_mqtt(self) -> bool:
        """`<camera>/notifications/set` and `/suspend` are heard on MQTT."""
        return self._18

    @property
    def toggles_persist(self) -> bool:
        """enabled, detect, snapshots, recordings and audio survive a restart as they were last set."""
        return self._18

    @property
    def commands_need_admin(self) -> bool:
        """A websocket command of another role is dropped."""
        return self._17

    @property
    def messages_scoped(self) -> bool:
        """A websocket gets only what its role may see."""
        return self._18

    # Shapes.

    @property
    def friendly_names(self) -> bool:
        """Cameras and zones have a `friendly_name`."""
        return self._17

    @property
    def masks_have_names(self) -> bool:
        """Masks are a dict by id; before, text or a list of texts."""
        return self._18

    @property
    def computed_score(self) -> bool:
        """`computed_score` and `snapshot_clean` in tracked objects, `plate_box` in plate readings."""
        return self._18

    @property
    def score_history(self) -> bool:
        """`score_history` leaks into tracked objects."""
        return self._17

    @property
    def review_metadata(self) -> bool:
        """`verified_objects`, `thumb_time` and `metadata` in reviews, `genai` messages."""
        return self._17

    @property
    def configurable_cutoff(self) -> bool:
        """`cutoff_time` of alerts and detections; an alert is followed by a detection that goes on."""
        return self._17

    @property
    def connection_quality(self) -> bool:
        """Connection quality and processor load per camera in the statistics."""
        return self._18

    @property
    def totals_in_stats(self) -> bool:
        """Sums of frame rates in the statistics."""
        return self._17

    @property
    def manual_event_may_be_detection(self) -> bool:
        """A manual event whose label is listed for detections becomes a detection instead of an alert."""
        return self._18


PERSONALITIES = {
    personality.name: personality
    for personality in (
        Personality(name="0.16", version="0.16.4-4131252a3", config_version="0.16-0"),
        Personality(name="0.17", version="0.17.2-3e5b1c0d2", config_version="0.17-0"),
        Personality(name="0.18", version="0.18.0-e3fa70189", config_version="0.18-0"),
    )
}
NEWEST = PERSONALITIES["0.18"]


def personality(name: str | Personality) -> Personality:
    """The personality called `name` ("0.16", "0.17", "0.18"); raises KeyError for another name."""
    return name if isinstance(name, Personality) else PERSONALITIES[name]
