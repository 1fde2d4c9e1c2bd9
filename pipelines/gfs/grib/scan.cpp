// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/scan.hpp"

#include "grib/stated_time.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// Indexing a remote file must not read through one that is no GRIB: headers and padding are short.
constexpr std::uint64_t max_foreign_bytes = 65'536;
constexpr std::uint64_t max_section_length = 65'536;  // a longer section 1 or 4 is damage
constexpr std::uint64_t missing_type = 0xFF, missing_scale = 0xFF, missing_value = 0xFFFFFFFF;

/// Seven octets: year, month, day, hour, minute, second.
sys_seconds time_at(Octets section, std::size_t first) {
    const auto part = [&](std::size_t octet, std::size_t count) { return number_at(section, first + octet, count); };
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(part(0, 2))},
                                           std::chrono::month{static_cast<unsigned>(part(2, 1))},
                                           std::chrono::day{static_cast<unsigned>(part(3, 1))}};
    return std::chrono::sys_days{date} + std::chrono::hours{part(4, 1)} + std::chrono::minutes{part(5, 1)} +
           seconds{part(6, 1)};
}

/// Six octets: type, scale factor and scaled value; nothing for a missing surface.
std::optional<Surface> surface_at(Octets section, std::size_t first) {
    const std::uint64_t type = number_at(section, first, 1);
    if (type == missing_type) return std::nullopt;
    Surface surface{.type = static_cast<int>(type), .value = {}};
    if (number_at(section, first + 1, 1) == missing_scale || number_at(section, first + 2, 4) == missing_value)
        return surface;
    surface.value = ScaledNumber{.scale = static_cast<int>(signed_number_at(section, first + 1, 1)),
                                 .value = signed_number_at(section, first + 2, 4)}
                        .number();
    return surface;
}

/// From the end of the overall interval on, to the first time range.
StatedInterval interval_at(Octets section, std::size_t first) {
    const std::uint64_t length = number_at(section, first + 15, 4);
    return {.end = time_at(section, first),
            .process = static_cast<int>(number_at(section, first + 12, 1)),
            .range_count = static_cast<int>(number_at(section, first + 7, 1)),
            .unit = static_cast<int>(number_at(section, first + 14, 1)),
            .length = length == missing_value ? 0 : length};
}

/// A product definition: the first octet of what it states after the levels, 0 where it has none.
struct ProductTemplate {
    std::uint64_t number;
    std::size_t member;     ///< type and number of the member, number of members
    std::size_t statistic;  ///< statistic, number of members
    std::size_t interval;
};
constexpr ProductTemplate product_templates[] = {{.number = 0, .member = 0, .statistic = 0, .interval = 0},
                                                 {.number = 1, .member = 35, .statistic = 0, .interval = 0},
                                                 {.number = 2, .member = 0, .statistic = 35, .interval = 0},
                                                 {.number = 8, .member = 0, .statistic = 0, .interval = 35},
                                                 {.number = 11, .member = 35, .statistic = 0, .interval = 38},
                                                 {.number = 12, .member = 0, .statistic = 35, .interval = 37}};

std::optional<EnsembleCodes> ensemble_at(Octets section, const ProductTemplate& product) {
    const auto octet = [&](std::size_t at) { return static_cast<int>(number_at(section, at, 1)); };
    if (product.member != 0)
        return EnsembleCodes{
            .type = octet(product.member), .number = octet(product.member + 1), .size = octet(product.member + 2)};
    if (product.statistic != 0)
        return EnsembleCodes{.statistic = octet(product.statistic), .size = octet(product.statistic + 1)};
    return std::nullopt;
}

void read_product(Octets section, ScannedField& field) {
    const std::uint64_t definition = number_at(section, 8, 2);
    const auto* const product = std::ranges::find(product_templates, definition, &ProductTemplate::number);
    if (product == std::end(product_templates)) {
        throw freshet::Error(
            fmt::format("its product definition template 4.{} is not that of a forecast, "
                        "of a member of an ensemble or of a statistic of its members",
                        definition));
    }
    field.parameter.category = static_cast<int>(number_at(section, 10, 1));
    field.parameter.number = static_cast<int>(number_at(section, 11, 1));
    field.level = {.first = surface_at(section, 23).value_or(Surface{.type = missing_type, .value = {}}),
                   .second = surface_at(section, 29)};
    field.ensemble = ensemble_at(section, *product);
    StatedTime stated{.reference_time = field.reference_time,
                      .unit = static_cast<int>(number_at(section, 18, 1)),
                      .forecast_time = signed_number_at(section, 19, 4)};
    if (product->interval != 0) stated.interval = interval_at(section, product->interval);
    field.validity = validity_of(stated);
}

/// Reads the fields of one message.
class MessageScanner {
public:
    MessageScanner(ByteReader& bytes, int number, std::uint64_t offset)
        : bytes_(bytes), field_{.offset = offset, .message = number} {}

    /// Returns the message's length.
    std::uint64_t scan() {
        return walk_message(bytes_, field_.offset, [this](const SectionLocation& section) { visit(section); });
    }

    std::vector<ScannedField> fields() && {
        if (fields_.empty()) throw freshet::Error("it holds no field");
        for (std::size_t i = 0; fields_.size() > 1 && i < fields_.size(); ++i)
            fields_[i].submessage = static_cast<int>(i) + 1;
        return std::move(fields_);
    }

private:
    void visit(const SectionLocation& section) {
        if (section.number == 0) {
            field_.parameter.discipline = static_cast<int>(number_at(content(section), 7, 1));
        } else if (section.number == 1) {
            field_.reference_time = time_at(content(section), 13);
        } else if (section.number == 4) {
            read_product(content(section), field_);
        } else if (section.number == 7) {
            fields_.push_back(field_);
        }
    }

    Octets content(const SectionLocation& section) {
        if (section.length > max_section_length)
            throw freshet::Error(fmt::format("its section {} has {} bytes", section.number, section.length));
        return bytes_.read(section.offset, section.length);
    }

    ByteReader& bytes_;
    ScannedField field_;
    std::vector<ScannedField> fields_;
};

void check_cycle(const std::vector<ScannedField>& fields, sys_seconds cycle) {
    const auto other =
        std::ranges::find_if(fields, [cycle](const ScannedField& field) { return field.reference_time != cycle; });
    if (other == fields.end()) return;
    throw freshet::Error(fmt::format("it is of another cycle, {:%Y%m%d%H}", other->reference_time));
}

}  // namespace

std::vector<ScannedField> scan(ByteReader& bytes, std::optional<sys_seconds> cycle) {
    std::vector<ScannedField> all;
    const auto walk = [&](int number, std::uint64_t offset) {
        MessageScanner scanner(bytes, number, offset);
        const std::uint64_t length = scanner.scan();
        std::vector<ScannedField> fields = std::move(scanner).fields();
        if (cycle) check_cycle(fields, *cycle);
        std::ranges::move(fields, std::back_inserter(all));
        return length;
    };
    walk_messages(bytes, walk, max_foreign_bytes);
    return all;
}

std::vector<ScannedField> scan(std::string_view bytes, std::string_view file) {
    MemoryReader reader(octets_of(bytes));
    try {
        return scan(reader);
    } catch (const freshet::Error& error) {
        throw freshet::Error(fmt::format("scanning '{}': {}", file, error.what()));
    }
}

}  // namespace gfs
