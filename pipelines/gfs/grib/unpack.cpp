// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/unpack.hpp"

#include "grib/packed_numbers.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gfs {

namespace {

constexpr std::uint64_t simple = 0, complex = 2, complex_with_differences = 3;  // templates
constexpr std::size_t data_begin = 5;                                           // bytes of section 7 before its data

/// Packed values that are decoded at once, in the nearest cache.
constexpr std::size_t batch_size = 512;

[[noreturn]] void throw_too_short() { throw freshet::Error("its section 7 ends before its last value"); }

void check_width(std::uint64_t width) {
    if (width > BitReader::max_width)
        throw freshet::Error(
            fmt::format("its values are packed in {} bits, more than {}", width, BitReader::max_width));
}

std::span<const std::int64_t> as_signed(std::span<const std::uint64_t> numbers) {
    return {reinterpret_cast<const std::int64_t*>(numbers.data()), numbers.size()};
}

void unpack_simple(Octets data, const Scaling& scaling, std::span<float> values) {
    check_width(scaling.bits);
    BitReader packed(data, data_begin);
    if (!packed.has(values.size(), scaling.bits)) throw_too_short();
    std::array<std::uint64_t, batch_size> batch;
    for (; !values.empty(); values = values.subspan(std::min(values.size(), batch.size()))) {
        const std::span numbers = std::span(batch).first(std::min(values.size(), batch.size()));
        packed.read_all(scaling.bits, 0, numbers);
        scaling.scale(as_signed(numbers), values.data());
    }
}

/// Octets 23 to 49 of section 5 of templates 5.2 and 5.3.
struct ComplexPacking {
    explicit ComplexPacking(Octets packing)
        : missing_values(number_at(packing, 23, 1)),
          groups(number_at(packing, 32, 4)),
          width_reference(number_at(packing, 36, 1)),
          width_bits(static_cast<unsigned>(number_at(packing, 37, 1))),
          length_reference(number_at(packing, 38, 4)),
          length_increment(number_at(packing, 42, 1)),
          last_length(number_at(packing, 43, 4)),
          length_bits(static_cast<unsigned>(number_at(packing, 47, 1))) {
        if (number_at(packing, 10, 2) == complex) return;
        order = number_at(packing, 48, 1);
        extra_octets = number_at(packing, 49, 1);
    }

    std::uint64_t missing_values;  ///< code table 5.5: 0 none, 1 primary ones, 2 secondary ones too
    std::uint64_t groups;
    std::uint64_t width_reference;
    unsigned width_bits;
    std::uint64_t length_reference;
    std::uint64_t length_increment;
    std::uint64_t last_length;
    unsigned length_bits;
    std::uint64_t order = 0;  ///< of the spatial differences
    std::uint64_t extra_octets = 0;
};

/// Sums of differences of the order `Order`, which begin with `first` and are all too small by `bias`.
template <int Order>
class Sums {
public:
    Sums(const std::array<std::int64_t, 2>& first, std::int64_t bias)
        : first_{static_cast<std::uint64_t>(first[0]), static_cast<std::uint64_t>(first[1])},
          bias_(static_cast<std::uint64_t>(bias)) {}

    std::uint64_t next(std::uint64_t packed) {  // unsigned numbers: those of a damaged message may overflow
        if constexpr (Order == 0) return packed;
        if (seen_ < Order) {
            difference_ = first_[seen_] - last_;
            last_ = first_[seen_++];
            return last_;
        }
        return last_ = sum_of(packed);
    }

    /// next() of each, in its place.
    void replace(std::span<std::uint64_t> numbers) {
        if constexpr (Order == 0) return;
        for (; seen_ < Order && !numbers.empty(); numbers = numbers.subspan(1)) numbers.front() = next(numbers.front());
        Sums here = *this;  // in registers
        for (std::uint64_t& number : numbers) number = here.last_ = here.sum_of(number);
        *this = here;
    }

private:
    std::uint64_t sum_of(std::uint64_t packed) {
        if constexpr (Order == 1) return last_ + packed + bias_;
        difference_ += packed + bias_;
        return last_ + difference_;
    }

    std::array<std::uint64_t, 2> first_;
    std::uint64_t bias_;
    std::size_t seen_ = 0;
    std::uint64_t last_ = 0;
    std::uint64_t difference_ = 0;
};

/// One group of values: what they have in common.
struct Group {
    std::uint64_t reference;
    unsigned width;
    std::span<float> values;
};

/// Decodes templates 5.2 and 5.3.
class ComplexUnpacker {
public:
    ComplexUnpacker(Octets data, const Scaling& scaling, const ComplexPacking& packing, float missing)
        : scaling_(scaling), packing_(packing), missing_(missing) {
        for (const unsigned width : {scaling.bits, packing.width_bits, packing.length_bits}) check_width(width);
        const std::uint64_t extra_count = packing.order == 0 ? 0 : packing.order + 1;
        references_ = BitReader(data, data_begin + extra_count * packing.extra_octets);
        widths_ = BitReader(data, references_.byte_behind(packing.groups, scaling.bits));
        lengths_ = BitReader(data, widths_.byte_behind(packing.groups, packing.width_bits));
        packed_ = BitReader(data, lengths_.byte_behind(packing.groups, packing.length_bits));
        if (!packed_.has(0, 0)) throw_too_short();
        if (packing.missing_values > 2)
            throw freshet::Error(fmt::format("its missing values are managed in the way {}", packing.missing_values));
        read_extra(data);
    }

    void unpack(std::span<float> values) {
        if (packing_.groups > values.size()) throw freshet::Error("it states more groups than values");
        switch (packing_.order) {
            case 0:
                return unpack_groups<0>(values);
            case 1:
                return unpack_groups<1>(values);
            case 2:
                return unpack_groups<2>(values);
            default:
                throw freshet::Error(fmt::format("its spatial differences are of the order {}", packing_.order));
        }
    }

private:
    void read_extra(Octets data) {
        if (packing_.order == 0) return;
        const std::size_t octets = packing_.extra_octets;
        if (octets < 1 || octets > 8) throw freshet::Error(fmt::format("its first values have {} octets", octets));
        std::size_t at = data_begin + 1;
        for (std::size_t i = 0; i < std::min<std::size_t>(packing_.order, first_.size()); ++i, at += octets)
            first_[i] = signed_number_at(data, at, octets);
        bias_ = signed_number_at(data, at, octets);
    }

    Group next_group(std::span<float>& left, bool is_last) {
        Group group{.reference = references_.read(scaling_.bits), .width = 0, .values = {}};
        const std::uint64_t width = packing_.width_reference + widths_.read(packing_.width_bits);
        check_width(width);
        group.width = static_cast<unsigned>(width);
        const std::uint64_t scaled_length = lengths_.read(packing_.length_bits);
        const std::uint64_t length =
            is_last ? packing_.last_length : packing_.length_reference + packing_.length_increment * scaled_length;
        if (length > left.size()) throw freshet::Error("its groups hold more values than it states");
        if (!packed_.has(length, group.width)) throw_too_short();
        group.values = left.first(length);
        left = left.subspan(length);
        return group;
    }

    template <int Order>
    void unpack_groups(std::span<float> left) {
        Sums<Order> sums(first_, bias_);
        std::span<float> undecoded = left;
        for (std::uint64_t i = 1; i <= packing_.groups; ++i) {
            const Group group = next_group(left, i == packing_.groups);
            if (packing_.missing_values == 0)
                read_group(group, sums, undecoded);
            else
                unpack_group_with_missing(group, sums);
        }
        if (!left.empty()) throw freshet::Error("its groups hold fewer values than it states");
        decode_batch(sums, undecoded);
    }

    /// Adds the group's numbers to the batch, and decodes that whenever it is full.
    template <int Order>
    void read_group(const Group& group, Sums<Order>& sums, std::span<float>& undecoded) {
        for (std::size_t done = 0; done < group.values.size();) {
            if (in_batch_ == batch_.size()) decode_batch(sums, undecoded);
            const std::size_t count = std::min(group.values.size() - done, batch_.size() - in_batch_);
            packed_.read_all(group.width, group.reference, std::span(batch_).subspan(in_batch_, count));
            in_batch_ += count;
            done += count;
        }
    }

    template <int Order>
    void decode_batch(Sums<Order>& sums, std::span<float>& undecoded) {
        const std::span numbers = std::span(batch_).first(in_batch_);
        sums.replace(numbers);
        scaling_.scale(as_signed(numbers), undecoded.data());
        undecoded = undecoded.subspan(std::exchange(in_batch_, 0));
    }

    // The greatest number marks a missing value, and with two kinds of them the number below it too. A group of width 0
    // is marked by its reference.
    template <int Order>
    void unpack_group_with_missing(const Group& group, Sums<Order>& sums) {
        const unsigned width = group.width == 0 ? scaling_.bits : group.width;
        const std::uint64_t greatest = (std::uint64_t{1} << width) - 1;
        for (float& value : group.values) {
            const std::uint64_t packed = packed_.read(group.width);
            const std::uint64_t mark = group.width == 0 ? group.reference : packed;
            const bool is_missing = mark == greatest || (packing_.missing_values == 2 && mark + 1 == greatest);
            value =
                is_missing ? missing_ : scaling_.value(static_cast<std::int64_t>(sums.next(group.reference + packed)));
        }
    }

    const Scaling& scaling_;
    const ComplexPacking packing_;
    float missing_;
    std::array<std::int64_t, 2> first_{};
    std::int64_t bias_ = 0;
    BitReader references_, widths_, lengths_, packed_;
    std::array<std::uint64_t, batch_size> batch_;  ///< packed values that are not decoded yet
    std::size_t in_batch_ = 0;
};

/// True where no value is packed: 0 bits each, or complex packing without any group, which NCEP writes for some
/// constants and eccodes before 2.39 reads past the end of.
bool is_constant(Octets packing, const Scaling& scaling) {
    return number_at(packing, 10, 2) == simple ? scaling.bits == 0 : ComplexPacking(packing).groups == 0;
}

/// Section 6 where it holds a bitmap: a bit for each point of the grid.
Octets bitmap_of(Octets message, std::size_t points) {
    constexpr std::size_t header = 6;
    constexpr int no_bitmap = 255;
    const Octets section = section_of(message, 6);
    const auto indicator = number_at(section, header, 1);
    if (indicator == no_bitmap) return {};
    if (indicator != 0) throw freshet::Error("its bitmap is predefined by its originating centre");
    if ((section.size() - header) * 8 < points) throw freshet::Error("its bitmap is shorter than its grid");
    return section.subspan(header);
}

bool is_present(Octets bitmap, std::size_t point) { return (bitmap[point / 8] >> (7 - point % 8) & 1U) != 0; }

std::size_t count_present(Octets bitmap, std::size_t points) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < points / 8; ++i) count += static_cast<std::size_t>(std::popcount(bitmap[i]));
    for (std::size_t point = points / 8 * 8; point < points; ++point) count += is_present(bitmap, point) ? 1 : 0;
    return count;
}

/// Moves the first values to the points where the bitmap has one.
void spread(std::size_t count, Octets bitmap, float missing, std::span<float> values) {
    for (std::size_t point = values.size(); point-- > 0;)
        values[point] = is_present(bitmap, point) ? values[--count] : missing;
}

/// Throws for a value that is no finite number; looks at them only where the scaling allows for one.
void check_finite(const Scaling& scaling, std::span<const float> values) {
    constexpr double greatest_packed = 0x1p63;
    const double greatest = (greatest_packed * scaling.binary + std::abs(scaling.reference)) * scaling.decimal;
    if (std::isfinite(static_cast<float>(greatest))) return;
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
        throw freshet::Error("a decoded value is not a finite number");
}

}  // namespace

bool unpack(Octets message, float missing, std::span<float> values) {
    const Octets packing = section_of(message, 5), data = section_of(message, 7);
    const std::uint64_t kind = number_at(packing, 10, 2);
    if (kind != simple && kind != complex && kind != complex_with_differences) return false;

    const Octets bitmap = bitmap_of(message, values.size());
    const std::size_t wanted = bitmap.empty() ? values.size() : count_present(bitmap, values.size());
    const std::span<float> present = values.first(wanted);
    const Scaling scaling(packing);
    if (is_constant(packing, scaling)) {
        std::ranges::fill(present, static_cast<float>(scaling.reference));
    } else {
        const std::uint64_t stated = number_at(packing, 6, 4);
        if (stated != wanted)
            throw freshet::Error(fmt::format("it holds {} values, and {} points of its grid have one", stated, wanted));
        if (kind == simple)
            unpack_simple(data, scaling, present);
        else
            ComplexUnpacker(data, scaling, ComplexPacking(packing), missing).unpack(present);
    }
    check_finite(scaling, present);
    if (!bitmap.empty()) spread(wanted, bitmap, missing, values);
    return true;
}

}  // namespace gfs
