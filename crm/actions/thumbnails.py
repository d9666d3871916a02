"""Small pictures beside the large ones: a page of twenty workshop photos must open on a phone."""

import os
import warnings
from pathlib import Path

from pipelines.refusals import Refusal

_SIDE = 480
_MOST_PIXELS = 60_000_000  # a phone's largest photo; what claims more would fill the memory
_QUALITY = 80


def small_path(path: Path) -> Path:
    return path.with_suffix(".small.jpg")


def make_thumbnail(path: Path, name: str) -> None:
    """Beside the picture, turned as it was held; raises Refusal for what begins like a picture and is none."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    too_large = f"“{name}”超过 {_MOST_PIXELS // 10_000} 万像素，没有保存。请缩小后再上传。"
    small = small_path(path)
    if small.exists():
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours, and lower
            with Image.open(path) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise Refusal(too_large)
                picture.draft("RGB", (2 * _SIDE, 2 * _SIDE))
                turned = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError as bomb:
        raise Refusal(too_large) from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as broken:
        raise Refusal(f"“{name}”打不开，不是完整的图片，没有保存。请重新拍照或另存后再上传。") from broken
    turned.thumbnail((_SIDE, _SIDE))
    half_written = small.with_suffix(".part")
    turned.save(half_written, "JPEG", quality=_QUALITY)
    os.replace(half_written, small)
