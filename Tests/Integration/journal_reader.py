"""Reads a journal by docs/formats/journal.md alone: it knows nothing of the program that wrote it."""

import hashlib
import struct
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from crc32c import crc32c

HEADER = struct.Struct("<8sQqQ32sI56xI")
FRAME = struct.Struct("<HBBIIIQqIIII")
MAGIC = 0xD0C7
BATCH, STATE, SEAL = 1, 2, 3
LIMIT = 64 << 20


@dataclass
class Record:
    tenant: str
    source: str
    sequence: int
    accepted: int
    kind: int
    encoding: int
    resource: bytes
    scope: bytes
    credential: str
    peer: str
    data: bytes


@dataclass
class Reading:
    records: list = field(default_factory=list)
    damage: list = field(default_factory=list)  # (segment, from, to)
    missing: list = field(default_factory=list)  # (tenant, from, to)
    bookmarks: dict = field(default_factory=dict)
    changed: list = field(default_factory=list)
    seals: int = 0
    next: dict = field(default_factory=dict)


class Pieces:
    """Takes sized pieces off the front of a payload."""

    def __init__(self, data):
        self.data, self.place = data, 0

    def number(self, form):
        (value,) = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize(form)
        return value

    def bytes(self):
        size = self.number("I")
        piece = self.data[self.place : self.place + size]
        assert len(piece) == size
        self.place += size
        return piece

    def text(self):
        return self.bytes().decode()

    def numbers(self, form, count):
        values = struct.unpack_from(f"<{count}{form}", self.data, self.place)
        self.place += struct.calcsize(form) * count
        return values


def header(data):
    """The first whole copy of a segment's header: number, end and digest of the one before, salt; or nothing."""
    for start in (0, 128):
        copy = data[start : start + 128]
        if len(copy) == 128 and copy[:8] == b"DOCKJRN1":
            _, number, _, end, digest, salt, checksum = HEADER.unpack(copy)
            if crc32c(copy[:124]) == checksum:
                return number, end, digest, salt
    return None


def frame(data, offset, end, salt):
    """The header of a frame that stands here, or nothing."""
    if offset + 48 > end:
        return None
    head = data[offset : offset + 48]
    fields = FRAME.unpack(head)
    seed = salt ^ (offset // 8 & 0xFFFFFFFF)
    return fields if fields[0] == MAGIC and crc32c(head[:44], seed) == fields[11] else None


def read(folder):
    reading = Reading()
    files = sorted(Path(folder).glob("[0-9]" * 20 + ".seg"))
    numbers = [int(file.stem) for file in files]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "a segment is missing"
    contents = [file.read_bytes() for file in files]
    heads = [header(data) for data in contents]
    for place, (number, data, head) in enumerate(zip(numbers, contents, heads)):
        following = heads[place + 1] if place + 1 < len(heads) else None
        end = following[1] if following else len(data)
        if head is None:
            reading.damage.append((number, 0, end))
            continue
        assert head[0] == number, "a segment under another name"
        digest = read_segment(reading, number, data, end, head[3])
        if following and digest != following[2]:
            reading.changed.append(number)
    return reading


def read_segment(reading, number, data, end, salt):
    """Returns the digest of what the segment holds, as it is now."""
    offset, content, whole, records = 256, min(end, len(data)), 0, 0
    seal = None
    while offset < end:
        found = frame(data, offset, min(end, len(data)), salt)
        if found is None:
            if not any(data[offset:end]) and offset < len(data):
                break  # set aside and never used
            start, offset = offset, offset + 8
            while offset < end and frame(data, offset, min(end, len(data)), salt) is None:
                offset += 8
            offset = min(offset, end)
            reading.damage.append((number, start, offset))
            continue
        _, kind, packed, size, checksum, count, sequence, accepted, opened, _, _, _ = found
        payload = data[offset + 48 : offset + 48 + size]
        behind = offset + (48 + size + 7) // 8 * 8
        if size > LIMIT or behind > end or len(payload) < size or crc32c(payload) != checksum:
            reading.damage.append((number, offset, min(behind, end)))
            offset = behind if behind <= end else end
            continue
        if packed:
            payload = zstandard.ZstdDecompressor().decompress(payload, max_output_size=opened)
        assert len(payload) == opened <= LIMIT
        if kind == BATCH:
            read_batch(reading, payload, count, sequence, accepted)
            records += count
        elif kind == STATE:
            read_state(reading, payload)
        elif kind == SEAL:
            seal, content = payload, offset
            reading.seals += 1
        whole += kind != SEAL
        offset = behind
    digest = hashlib.sha256(data[:content]).digest()
    if seal is not None and struct.unpack("<QQ32s", seal) != (whole, records, digest):
        reading.changed.append(number)
    return digest


def follow(reading, tenant, sequence):
    expected = reading.next.setdefault(tenant, 0)
    if sequence > expected:
        reading.missing.append((tenant, expected, sequence))
        reading.next[tenant] = sequence


def read_state(reading, payload):
    pieces = Pieces(payload)
    for _ in range(pieces.number("I")):
        follow(reading, pieces.text(), pieces.number("Q"))
    for _ in range(pieces.number("I")):
        reading.bookmarks[pieces.text(), pieces.text()] = pieces.bytes()
    assert pieces.place == len(payload)


def read_batch(reading, payload, count, sequence, accepted):
    pieces = Pieces(payload)
    tenant, source = pieces.text(), pieces.text()
    follows = pieces.number("B")
    if follows & 1:
        reading.bookmarks[tenant, source] = pieces.bytes()
    if follows & 2:
        pieces.bytes()  # facts of redaction
    contexts = [
        (pieces.bytes(), pieces.bytes(), pieces.text(), pieces.text()) for _ in range(pieces.number("I"))
    ]
    assert pieces.number("I") == count
    kinds = pieces.numbers("B", count)
    encodings = pieces.numbers("B", count)
    places = pieces.numbers("I", count)
    sizes = pieces.numbers("I", count)
    follow(reading, tenant, sequence)
    start = pieces.place
    for index in range(count):
        data = payload[start : start + sizes[index]]
        start += sizes[index]
        reading.records.append(
            Record(tenant, source, sequence + index, accepted, kinds[index], encodings[index],
                   *contexts[places[index]], data))
    assert start == len(payload)
    reading.next[tenant] = sequence + count
