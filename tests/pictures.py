"""Photos as phones send them."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def a_picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), turned: bool = False) -> bytes:
    """turned: held upright, as the camera notes it beside the pixels."""
    picture, content = Image.new("RGB", size, "steelblue"), BytesIO()
    exif = picture.getexif()
    if turned:
        exif[0x0112] = 6
    picture.save(content, kind, exif=exif)
    return content.getvalue()


def a_picture_that_claims(side: int) -> bytes:
    """A PNG of a few bytes whose head says side × side pixels."""
    plain = a_picture()
    head = b"IHDR" + struct.pack(">II", side, side) + plain[24:29]
    return plain[:12] + head + struct.pack(">I", zlib.crc32(head)) + plain[33:]
