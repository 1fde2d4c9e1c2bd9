// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "task/task_id.hpp"

#include "base/json_write.hpp"
#include "freshet/digest.hpp"

namespace freshet {

namespace {

/// The JSON text that Luigi hashes: members sorted by name, ASCII only, no spaces.
std::string canonical_json(const Values& values) {
    std::string text = "{";
    for (const auto& [name, value] : values) {
        if (text.size() > 1) text += ',';
        append_quoted(text, name);
        text += ':';
        append_quoted(text, value);
    }
    return text += '}';
}

/// The first 16 characters (not bytes) with everything but letters, digits and '_' made '_'.
void append_summary(std::string& id, std::string_view value) {
    int characters = 0;
    for (const char c : value) {
        if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;  // the rest of a character already counted
        if (++characters > 16) break;
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
        id += plain ? c : '_';
    }
}

}  // namespace

std::string task_id(std::string_view family, const Values& values) {
    std::string id(family);
    id += '_';
    int shown = 0;
    for (const auto& [name, value] : values) {
        if (shown == 3) break;
        if (shown++ > 0) id += '_';
        append_summary(id, value);
    }
    id += '_';
    return id.append(md5(canonical_json(values)), 0, 10);
}

}  // namespace freshet
