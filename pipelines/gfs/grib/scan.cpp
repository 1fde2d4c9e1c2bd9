// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/scan.hpp"

#include "grib/product.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gfs {

namespace {

using std::chrono::sys_seconds;

// Indexing a remote file must not read through one that is no GRIB: headers and padding are short.
constexpr std::uint64_t max_foreign_bytes = 65'536;
constexpr std::uint64_t max_section_length = 65'536;  // a longer section 1 or 4 is damage

void read_field(Octets section, ScannedField& field) {
    const ProductDefinition product = read_product_definition(section, field.reference_time);
    field.parameter.category = product.category;
    field.parameter.number = product.number;
    field.level = product.level;
    field.validity = validity_of(product.time);
    field.traits = product.traits;
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
            read_field(content(section), field_);
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
