"""Encode a record as a leaf: the shortest MessagePack of [key, value, [[name, value], ...]]."""


def head(size, few, short, long):
    """Return the first byte, and the size in 1, 2 or 4 bytes where it does not fit in."""
    if few is not None and size < (16 if short is None else 32):
        return bytes([few | size])
    if short is not None and size < 1 << 8:
        return bytes([short, size])
    wide = 2 if size < 1 << 16 else 4
    return bytes([long + (wide == 4)]) + size.to_bytes(wide, "big")


def array(items):
    return head(len(items), 0x90, None, 0xDC) + b"".join(items)


def binary(value):
    return b"\xc0" if value is None else head(len(value), None, 0xC4, 0xC5) + value


def text(name):
    raw = name.encode("utf-8", "surrogateescape")
    return head(len(raw), 0xA0, 0xD9, 0xDA) + raw


def leaf_data(key, value, headers):
    """Return the leaf; `key`, `value` and headers' values are bytes or None, names are text."""
    pairs = [array([text(name), binary(content)]) for name, content in headers]
    return array([binary(key), binary(value), array(pairs)])
