// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/usual_size.hpp"

#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

namespace gfs {
namespace {

using freshet::Json;

// A new version of GFS drops some fields, a quiet day packs smaller; both stay far above what a cut-off upload leaves.
constexpr double least_share_of_messages = 0.9;
constexpr double least_share_of_bytes = 0.7;

std::string key(const LeadName& name) { return fmt::format("{} f{:03}", name.product, name.lead); }

bool is_less(std::uint64_t now, std::int64_t usual, double share) {
    return static_cast<double>(now) < share * static_cast<double>(usual);
}

}  // namespace

std::string UsualSizes::why_short(const LeadName& name, const LeadFile& file) const {
    std::string why;
    try {
        Json memory;
        file_.edit_json([&memory](Json& now) { memory = now; });
        const Json* const usual = memory.find(key(name));
        if (usual == nullptr) return {};
        const auto messages = usual->at("messages").as_integer();
        const auto bytes = usual->at("bytes").as_integer();
        if (is_less(file.inventory.message_count(), messages, least_share_of_messages) ||
            is_less(file.facts.length, bytes, least_share_of_bytes)) {
            why = fmt::format("it has {} messages in {} bytes, and the last such file had {} in {}",
                              file.inventory.message_count(), file.facts.length, messages, bytes);
        }
    } catch (const freshet::Error&) {
        return {};  // a memory that cannot be read knows nothing
    }
    return why;
}

void UsualSizes::remember(const LeadName& name, const LeadFile& file) const {
    try {
        file_.edit_json([&](Json& memory) {
            memory[key(name)] = Json::Object{{"messages", file.inventory.message_count()}, {"bytes", file.facts.length}};
        });
    } catch (const freshet::Error&) {
        return;  // the next cycle will tell as well
    }
}

}  // namespace gfs
