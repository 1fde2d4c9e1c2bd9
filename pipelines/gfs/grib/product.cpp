// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

constexpr std::uint64_t missing_octet = 0xFF, missing_number = 0xFFFFFFFF;

/// Octets between the parameter and the generating process.
enum class Before : std::uint8_t { nothing, constituent, aerosol, optical_aerosol };
/// Octets after the surfaces.
enum class After : std::uint8_t { nothing, member, derived, probability, percentile, area, reforecast };
enum class Span : std::uint8_t { instant, interval };

/// A product definition template (code table 4.0) as an extension of template 4.0.
struct Template {
    std::uint64_t number;
    Before before;
    After after;
    Span span;
};

constexpr Template templates[] = {
    {0, Before::nothing, After::nothing, Span::instant},
    {1, Before::nothing, After::member, Span::instant},
    {2, Before::nothing, After::derived, Span::instant},
    {5, Before::nothing, After::probability, Span::instant},
    {6, Before::nothing, After::percentile, Span::instant},
    {7, Before::nothing, After::nothing, Span::instant},
    {8, Before::nothing, After::nothing, Span::interval},
    {9, Before::nothing, After::probability, Span::interval},
    {10, Before::nothing, After::percentile, Span::interval},
    {11, Before::nothing, After::member, Span::interval},
    {12, Before::nothing, After::derived, Span::interval},
    {15, Before::nothing, After::area, Span::instant},
    {40, Before::constituent, After::nothing, Span::instant},
    {41, Before::constituent, After::member, Span::instant},
    {42, Before::constituent, After::nothing, Span::interval},
    {43, Before::constituent, After::member, Span::interval},
    {44, Before::aerosol, After::nothing, Span::instant},
    {45, Before::aerosol, After::member, Span::instant},
    {46, Before::aerosol, After::nothing, Span::interval},
    {47, Before::aerosol, After::member, Span::interval},
    {48, Before::optical_aerosol, After::nothing, Span::instant},
    {49, Before::optical_aerosol, After::member, Span::instant},
    {60, Before::nothing, After::member, Span::instant},
    {61, Before::nothing, After::reforecast, Span::interval},
};

constexpr std::size_t length_of(Before before) {
    constexpr std::size_t lengths[] = {0, 2, 13, 24};
    return lengths[static_cast<std::size_t>(before)];
}

constexpr std::size_t length_of(After after) {
    constexpr std::size_t lengths[] = {0, 3, 2, 13, 1, 3, 10};
    return lengths[static_cast<std::size_t>(after)];
}

const Template& template_of(Octets section) {
    const std::uint64_t number = number_at(section, 8, 2);
    const auto* const found = std::ranges::find(templates, number, &Template::number);
    if (found == std::end(templates))
        throw freshet::Error(fmt::format("its product definition has template 4.{}, which is not supported", number));
    return *found;
}

int octet_at(Octets section, std::size_t at) { return static_cast<int>(number_at(section, at, 1)); }

/// Five octets: scale factor and scaled value.
std::optional<double> scaled_at(Octets section, std::size_t first) {
    if (number_at(section, first, 1) == missing_octet || number_at(section, first + 1, 4) == missing_number)
        return std::nullopt;
    return ScaledNumber{.scale = static_cast<int>(signed_number_at(section, first, 1)),
                        .value = signed_number_at(section, first + 1, 4)}
        .number();
}

/// Six octets: type, scale factor and scaled value; nothing for a missing surface.
std::optional<Surface> surface_at(Octets section, std::size_t first) {
    const std::uint64_t type = number_at(section, first, 1);
    if (type == missing_octet) return std::nullopt;
    return Surface{.type = static_cast<int>(type), .value = scaled_at(section, first + 1)};
}

/// Eleven octets: type and two limits; nothing where the type is missing.
std::optional<MetreRange> range_at(Octets section, std::size_t first) {
    if (number_at(section, first, 1) == missing_octet) return std::nullopt;
    return MetreRange{.type = octet_at(section, first),
                      .first = scaled_at(section, first + 1),
                      .second = scaled_at(section, first + 6)};
}

/// From the end of the overall interval on, to the first time range.
StatedInterval interval_at(Octets section, std::size_t first) {
    const std::uint64_t length = number_at(section, first + 15, 4);
    return {.end = time_at(section, first),
            .process = octet_at(section, first + 12),
            .range_count = octet_at(section, first + 7),
            .unit = octet_at(section, first + 14),
            .length = length == missing_number ? 0 : length};
}

void read_before(Octets section, Before before, ProductTraits& traits) {
    if (before == Before::nothing) return;
    traits.constituent = static_cast<int>(number_at(section, 12, 2));
    if (before == Before::constituent) return;
    traits.size = range_at(section, 14);
    if (before == Before::optical_aerosol) traits.wavelength = range_at(section, 25);
}

void read_after(Octets section, After after, std::size_t at, ProductTraits& traits) {
    switch (after) {
        case After::nothing:
            return;
        case After::member:
        case After::reforecast:
            traits.member = {.type = octet_at(section, at), .number = octet_at(section, at + 1)};
            return;
        case After::derived:
            traits.derived = octet_at(section, at);
            return;
        case After::probability:
            traits.probability = {.type = octet_at(section, at + 2),
                                  .lower = scaled_at(section, at + 3),
                                  .upper = scaled_at(section, at + 8)};
            return;
        case After::percentile:
            traits.percentile = octet_at(section, at);
            return;
        case After::area:
            // A field that is only interpolated has no process.
            if (number_at(section, at, 1) != missing_octet) traits.area_process = octet_at(section, at);
            return;
    }
}

/// The number of octets of the forecast time: by an error of the first edition of template 4.44 two instead of four.
std::size_t forecast_time_length(Octets section, std::uint64_t number) {
    constexpr std::size_t first_edition = 45;
    const std::uint64_t coordinates = number_at(section, 6, 2);
    return number == 44 && section.size() == first_edition + 4 * coordinates ? 2 : 4;
}

}  // namespace

std::chrono::sys_seconds time_at(Octets section, std::size_t first) {
    const auto part = [&](std::size_t octet, std::size_t count) { return number_at(section, first + octet, count); };
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(part(0, 2))},
                                           std::chrono::month{static_cast<unsigned>(part(2, 1))},
                                           std::chrono::day{static_cast<unsigned>(part(3, 1))}};
    if (!date.ok())
        throw freshet::Error(fmt::format("{:04}-{:02}-{:02} is not a date", part(0, 2), part(2, 1), part(3, 1)));
    return std::chrono::sys_days{date} + std::chrono::hours{part(4, 1)} + std::chrono::minutes{part(5, 1)} +
           std::chrono::seconds{part(6, 1)};
}

ProductDefinition read_product_definition(Octets section, std::chrono::sys_seconds reference_time) {
    constexpr int missing_type = 255;
    const Template& form = template_of(section);
    const std::size_t time = 18 + length_of(form.before);
    const std::size_t time_length = forecast_time_length(section, form.number);
    const std::size_t surfaces = time + 1 + time_length;
    ProductDefinition product{
        .category = octet_at(section, 10),
        .number = octet_at(section, 11),
        .process_identifier = octet_at(section, 14 + length_of(form.before)),
        .level = {.first = surface_at(section, surfaces).value_or(Surface{.type = missing_type, .value = {}}),
                  .second = surface_at(section, surfaces + 6)},
        .time = {.reference_time = reference_time,
                 .unit = octet_at(section, time),
                 .forecast_time = signed_number_at(section, time + 1, time_length)},
        .traits = {}};
    const std::size_t after = surfaces + 12;
    read_before(section, form.before, product.traits);
    read_after(section, form.after, after, product.traits);
    if (form.span == Span::interval) product.time.interval = interval_at(section, after + length_of(form.after));
    return product;
}

}  // namespace gfs
