"""Reads and writes TFRecord files, from the format's definition alone.

https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

import struct

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed.


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_POLYNOMIAL if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked_crc32c(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def frame(payload):
    length = struct.pack("<Q", len(payload))
    return (length + struct.pack("<I", masked_crc32c(length)) + payload +
            struct.pack("<I", masked_crc32c(payload)))


def payloads(data):
    """The payloads in a file's contents; ValueError if a checksum is wrong."""
    result = []
    position = 0
    while position < len(data):
        length, length_crc = struct.unpack_from("<QI", data, position)
        if length_crc != masked_crc32c(data[position:position + 8]):
            raise ValueError("length checksum at byte %d" % position)
        position += 12
        payload = data[position:position + length]
        (payload_crc,) = struct.unpack_from("<I", data, position + length)
        if payload_crc != masked_crc32c(payload):
            raise ValueError("payload checksum at byte %d" % position)
        result.append(payload)
        position += length + 4
    return result
