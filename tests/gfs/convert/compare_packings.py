#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Freshet authors
# SPDX-License-Identifier: Apache-2.0
"""compare_packings.py CONVERT_FILE: is every packing decoded as python's own eccodes decodes it, missing values too?

Missing values inside the packing (management 1 and 2) are what eccodes reads but does not write: they are packed here.
"""
import struct
import sys

from made_up import Converter, decoded, message, netCDF4, np

GRID = {"Ni": 40, "Nj": 19, "latitudeOfFirstGridPoint": 90000000, "latitudeOfLastGridPoint": -90000000,
        "longitudeOfFirstGridPoint": 0, "longitudeOfLastGridPoint": 351000000, "iDirectionIncrement": 9000000,
        "jDirectionIncrement": 10000000, "scanningMode": 0}
COUNT = 40 * 19
PACKINGS = {"grid_simple": 0, "grid_complex": 2, "grid_complex_spatial_differencing": 3, "grid_jpeg": 40, "grid_png": 41,
            "grid_ccsds": 42}
REFERENCE, BITS, LENGTH = 250.0, 12, 8  # of the first value, for a group's reference, of a group


def sections(grib):
    at = 16
    while grib[at:at + 4] != b"7777":
        size = struct.unpack(">I", grib[at:at + 4])[0]
        yield grib[at + 4], grib[at:at + size]
        at += size


def with_sections(grib, replaced):
    body = b"".join(replaced.get(number, content) for number, content in sections(grib)) + b"7777"
    return grib[:8] + struct.pack(">Q", 16 + len(body)) + body


def bits(numbers, width):
    text = "".join(format(number, f"0{width}b") for number in numbers) if width else ""
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big") if text else b""


def signed(number):
    return struct.pack(">H", abs(number) | (0x8000 if number < 0 else 0))


def groups_of(numbers, management):
    """References, widths and members of groups; None stands for a missing value, "second" for a secondary one."""
    reserved = {1: 1, 2: 2}[management]
    for start in range(0, len(numbers), LENGTH):
        group = numbers[start:start + LENGTH]
        there = [number for number in group if isinstance(number, int)]
        if not there:
            yield (1 << BITS) - 1, 0, []
            continue
        least = min(there)
        width = (max(there) - least + reserved).bit_length()
        marks = {None: (1 << width) - 1, "second": (1 << width) - 2}
        yield least, width, [marks.get(number, number if not isinstance(number, int) else number - least) for number in group]


def packed(numbers, management, differences):
    """A message whose values are REFERENCE plus these numbers, in template 5.2, or 5.3 with first differences."""
    extra = b""
    if differences:
        there = [number for number in numbers if isinstance(number, int)]
        steps = [after - before for before, after in zip(there, there[1:])]
        extra = signed(there[0]) + signed(min(steps))
        left = iter([0] + [step - min(steps) for step in steps])
        numbers = [next(left) if isinstance(number, int) else number for number in numbers]
    groups = list(groups_of(numbers, management))
    last = len(numbers) - LENGTH * (len(groups) - 1)
    packing = struct.pack(">BIHfHHBBBBffIBBIBIB", 5, COUNT, 3 if differences else 2, REFERENCE, 0, 0, BITS, 0, 1, management,
                          9999, 9998, len(groups), 0, 4, LENGTH, 1, last, 0)
    packing += struct.pack(">BB", 1, 2) if differences else b""
    members = "".join(format(member, f"0{width}b") for _, width, group in groups for member in group)
    data = extra + bits([reference for reference, _, _ in groups], BITS) + bits([width for _, width, _ in groups], 4)
    members += "0" * (-len(members) % 8)
    data += int(members, 2).to_bytes(len(members) // 8, "big")
    return with_sections(message(GRID, np.linspace(200, 300, COUNT)), {
        5: struct.pack(">I", len(packing) + 4) + packing, 7: struct.pack(">IB", len(data) + 5, 7) + data})


def inside_packing():
    """Name, message and the values it must have."""
    fill = netCDF4.default_fillvals["f4"]
    for management in (1, 2):
        for differences in (False, True):
            numbers = [int(40 + 30 * np.sin(i / 9)) for i in range(COUNT)]
            for i in [*range(3, COUNT, 7), *range(64, 88)]:  # some alone, some whole groups
                numbers[i] = None
            if management == 2:
                numbers[4::11] = ["second"] * len(numbers[4::11])
            values = [REFERENCE + number if isinstance(number, int) else fill for number in numbers]
            yield (f"5.{3 if differences else 2} with management {management}",
                   packed(numbers, management, differences), np.array(values, np.float32))


def by_eccodes():
    smooth = 250 + 40 * np.sin(np.arange(COUNT) / 30)
    missing = np.arange(COUNT) % 5 == 2
    for packing, template in PACKINGS.items():
        for what, values, mask in (("", smooth, None), (" with a bitmap", smooth, missing),
                                   (" of a constant", np.full(COUNT, 273.15), None)):
            grib = message({**GRID, "packingType": packing}, values, mask)
            found = struct.unpack(">H", dict(sections(grib))[5][9:11])[0]
            # eccodes packs constants simply, whatever it is told.
            if found != template and what != " of a constant":
                sys.exit(f"eccodes packs {packing} as 5.{found}")
            yield f"{packing}{what}", grib, decoded(grib)


def main():
    converter = Converter(sys.argv[1])
    bad, count = [], 0
    for name, grib, expected in [*by_eccodes(), *inside_packing()]:
        count += 1
        data, field = converter.converted(grib)
        found = field[0].reshape(-1)
        data.close()
        if (decoded(grib).view(np.uint32) != expected.view(np.uint32)).any():
            bad.append(f"{name}: eccodes does not read what was packed")
        if (found.view(np.uint32) != expected.view(np.uint32)).any():
            bad.append(f"{name}: {(found != expected).sum()} values differ")
    print("\n".join(bad) or f"{count} messages in {len(PACKINGS)} packings are decoded rightly")
    return 1 if bad else 0


sys.exit(main())
