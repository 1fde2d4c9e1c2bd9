// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/usual_size.hpp"

#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>

namespace gfs {
namespace {

using freshet::Json;

// A new version of GFS drops some fields, a quiet day packs smaller; both stay far above what a cut-off upload leaves.
constexpr double min_message_ratio = 0.9;
constexpr double min_size_ratio = 0.7;

std::string entry_name(const FileKey& key) { return fmt::format("{} f{:03}", key.product, key.lead); }

bool is_below(std::uint64_t now, std::int64_t expected, double ratio) {
    return static_cast<double>(now) < ratio * static_cast<double>(expected);
}

}  // namespace

std::string ExpectedSizes::truncation_reason(const FileKey& key, const LeadFile& file) const {
    std::string reason;
    try {
        Json document;
        file_.update_json([&document](Json& now) { document = now; });
        const Json* const expected = document.find(entry_name(key));
        if (expected == nullptr) return {};
        const auto messages = expected->at("messages").as_integer();
        const auto bytes = expected->at("bytes").as_integer();
        if (is_below(file.inventory.message_count(), messages, min_message_ratio) ||
            is_below(file.info.length, bytes, min_size_ratio)) {
            reason = fmt::format("it has {} messages in {} bytes, and the last such file had {} in {}",
                                 file.inventory.message_count(), file.info.length, messages, bytes);
        }
    } catch (const freshet::Error&) {
        return {};  // a document that cannot be read knows nothing
    }
    return reason;
}

void ExpectedSizes::record(const FileKey& key, const LeadFile& file) const {
    try {
        file_.update_json([&](Json& document) {
            document[entry_name(key)] =
                Json::Object{{"messages", file.inventory.message_count()}, {"bytes", file.info.length}};
        });
    } catch (const freshet::Error&) {
        return;  // the next cycle will tell as well
    }
}

}  // namespace gfs
