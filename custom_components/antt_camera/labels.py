"""Names of what Frigate sees and hears. Frigate's labels are data, so they can't be translation keys of entities."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.helpers.entity import Entity

# English is made from the label itself, except for what is no plain word.
_ENGLISH: Final[Mapping[str, str]] = {
    "bbq_grill": "BBQ grill",
    "dhl": "DHL",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "tv": "TV",
    "ups": "UPS",
    "usps": "USPS",
}

# Natural case, as inside a phrase ("Số người"); `label_name()` puts a capital where it stands alone.
_VIETNAMESE: Final[Mapping[str, str]] = {
    # Seen.
    "airplane": "máy bay",
    "animal": "động vật",
    "apple": "quả táo",
    "backpack": "ba lô",
    "banana": "quả chuối",
    "baseball_bat": "gậy bóng chày",
    "bbq_grill": "bếp nướng",
    "bear": "gấu",
    "bed": "giường",
    "bench": "ghế băng",
    "bicycle": "xe đạp",
    "bird": "chim",
    "boat": "thuyền",
    "book": "sách",
    "bottle": "chai",
    "bowl": "bát",
    "bus": "xe buýt",
    "cake": "bánh",
    "car": "ô tô",
    "cat": "mèo",
    "cell_phone": "điện thoại",
    "chair": "ghế",
    "chicken": "gà",
    "clock": "đồng hồ",
    "couch": "ghế dài",
    "cow": "bò",
    "cup": "cốc",
    "deer": "hươu",
    "desk": "bàn làm việc",
    "dining_table": "bàn ăn",
    "dog": "chó",
    "door": "cửa",
    "elephant": "voi",
    "face": "khuôn mặt",
    "fire_hydrant": "trụ nước chữa cháy",
    "fox": "cáo",
    "goat": "dê",
    "handbag": "túi xách",
    "hat": "mũ",
    "horse": "ngựa",
    "kite": "diều",
    "knife": "dao",
    "laptop": "máy tính xách tay",
    "license_plate": "biển số xe",
    "motorcycle": "xe máy",
    "mouse": "chuột",
    "orange": "quả cam",
    "oven": "lò nướng",
    "package": "bưu kiện",
    "parking_meter": "cột thu phí đỗ xe",
    "person": "người",
    "pig": "lợn",
    "potted_plant": "chậu cây",
    "rabbit": "thỏ",
    "raccoon": "gấu mèo",
    "refrigerator": "tủ lạnh",
    "remote": "điều khiển từ xa",
    "robot_lawnmower": "máy cắt cỏ tự động",
    "scissors": "kéo",
    "sheep": "cừu",
    "shoe": "giày",
    "skateboard": "ván trượt",
    "sports_ball": "quả bóng",
    "squirrel": "sóc",
    "stop_sign": "biển báo dừng",
    "street_sign": "biển báo giao thông",
    "suitcase": "va li",
    "tie": "cà vạt",
    "toothbrush": "bàn chải",
    "traffic_light": "đèn giao thông",
    "train": "tàu hoả",
    "truck": "xe tải",
    "tv": "ti vi",
    "umbrella": "ô che",
    "vase": "lọ hoa",
    "vehicle": "xe cộ",
    "waste_bin": "thùng rác",
    "window": "cửa sổ",
    # Heard.
    "aircraft": "tiếng máy bay",
    "alarm": "chuông báo động",
    "ambulance": "xe cứu thương",
    "applause": "vỗ tay",
    "bang": "tiếng nổ đanh",
    "bark": "chó sủa",
    "beep": "tiếng bíp",
    "bell": "chuông",
    "boom": "tiếng nổ ầm",
    "breaking": "đổ vỡ",
    "buzzer": "còi báo",
    "car_alarm": "chuông chống trộm ô tô",
    "chainsaw": "cưa máy",
    "chatter": "trò chuyện",
    "cheering": "reo hò",
    "children_playing": "trẻ em chơi đùa",
    "civil_defense_siren": "còi báo động phòng không",
    "cock-a-doodle-doo": "gà gáy",
    "cough": "ho",
    "crack": "tiếng rạn nứt",
    "crowd": "đám đông",
    "crying": "khóc",
    "dogs": "tiếng chó",
    "doorbell": "chuông cửa",
    "drill": "máy khoan",
    "emergency_vehicle": "xe ưu tiên",
    "engine": "động cơ",
    "explosion": "tiếng nổ",
    "fire": "tiếng lửa cháy",
    "fire_alarm": "chuông báo cháy",
    "fire_engine": "xe chữa cháy",
    "firecracker": "pháo nổ",
    "fireworks": "pháo hoa",
    "footsteps": "tiếng bước chân",
    "glass": "tiếng kính",
    "groan": "rên",
    "growling": "gầm gừ",
    "gunshot": "tiếng súng",
    "hammer": "tiếng búa",
    "helicopter": "trực thăng",
    "honk": "còi xe",
    "howl": "tru",
    "knock": "gõ cửa",
    "laughter": "cười",
    "machine_gun": "súng liên thanh",
    "meow": "mèo kêu",
    "motorboat": "xuồng máy",
    "music": "nhạc",
    "police_car": "xe cảnh sát",
    "rain": "mưa",
    "scream": "la hét",
    "shatter": "tiếng vỡ",
    "singing": "hát",
    "siren": "còi hú",
    "skidding": "trượt bánh xe",
    "slam": "đóng sầm",
    "smash": "đập vỡ",
    "smoke_detector": "báo khói",
    "speech": "tiếng nói",
    "telephone": "chuông điện thoại",
    "thunder": "sấm",
    "thunderstorm": "giông",
    "tire_squeal": "tiếng rít lốp",
    "water": "tiếng nước",
    "whistle": "tiếng còi",
    "wind": "gió",
    "yell": "hô hét",
}

# Entities whose icon depends on data can't get it from icons.json.
LABEL_ICONS: Final[Mapping[str, str]] = {
    "airplane": "mdi:airplane",
    "all": "mdi:image-filter-center-focus",
    "bear": "mdi:teddy-bear",
    "bicycle": "mdi:bicycle",
    "bird": "mdi:bird",
    "boat": "mdi:sail-boat",
    "bus": "mdi:bus",
    "car": "mdi:car",
    "cat": "mdi:cat",
    "chicken": "mdi:bird",
    "cow": "mdi:cow",
    "dog": "mdi:dog-side",
    "goat": "mdi:sheep",
    "horse": "mdi:horse",
    "motorcycle": "mdi:motorbike",
    "package": "mdi:package-variant",
    "person": "mdi:human",
    "pig": "mdi:pig",
    "sheep": "mdi:sheep",
    "train": "mdi:train",
    "truck": "mdi:truck",
}


def readable(key: str) -> str:
    """Make words of a key of Frigate's: `fire_alarm` -> `fire alarm`."""
    return key.replace("_", " ").strip() or key


def _word(label: str, language: str) -> str | None:
    # Frigate's own list has labels with a space (`cell phone`), models of others an underscore.
    key = label.replace(" ", "_").lower()
    return (_VIETNAMESE if language == "vi" else _ENGLISH).get(key)


def label_name(label: str, language: str) -> str:
    """Name of a label where it stands alone: `Fire alarm`, `Chuông báo cháy`."""
    name = _word(label, language) or readable(label)
    return name[:1].upper() + name[1:]


def label_placeholder(label: str, language: str) -> str:
    """Name of a label inside an entity's name, which begins with it in English and not in Vietnamese."""
    if language == "vi":
        return _word(label, language) or readable(label)
    return label_name(label, language)


class LabelledEntity(Entity):
    """An entity with a label in its name: the name is in the user's language, the suggested entity id English."""

    _label: str | None = None

    def set_label(self, label: str, language: str) -> None:
        """Name the entity after a label of Frigate's, through the placeholder `label`."""
        self._label = label
        self._attr_translation_placeholders = {"label": label_placeholder(label, language)}

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Suggest what the entity would be called in English, as Home Assistant does for the rest of the name."""
        if self._label is None:
            return super().suggested_object_id
        shown = self._attr_translation_placeholders
        self._attr_translation_placeholders = {"label": label_name(self._label, "en")}
        try:
            return super().suggested_object_id
        finally:
            self._attr_translation_placeholders = shown
