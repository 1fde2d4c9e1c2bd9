// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/html.hpp"

#include "base/utf8.hpp"

#include <cstdint>

namespace freshet::dashboard {

namespace {

constexpr std::string_view replacement = "\uFFFD";

bool is_shown(std::uint32_t code) {
    if (code == '\n' || code == '\t') return true;
    return !is_control(code) && !is_bidirectional_format(code) && code != 0xfeff;
}

std::string_view escape(const Character& character, std::string_view text) {
    switch (character.code) {
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '&':
            return "&amp;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            break;
    }
    if (character.length == 0 || !is_shown(character.code)) return replacement;
    return text.substr(0, character.length);
}

}  // namespace

Html::Html(std::string_view text) {
    text_.reserve(text.size());
    while (!text.empty()) {
        const Character character = first_character(text);
        text_ += escape(character, text);
        text.remove_prefix(character.length == 0 ? 1 : character.length);
    }
}

std::string Html::plain_text() const {
    static constexpr std::array<std::pair<std::string_view, char>, 5> escapes = {
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
    std::string plain;
    for (std::string_view rest = text_; !rest.empty();) {
        const auto escape =
            std::ranges::find_if(escapes, [&](const auto& each) { return rest.starts_with(each.first); });
        if (rest.front() == '<') {
            rest.remove_prefix(rest.find('>') + 1);  // which no attribute's value has unescaped
        } else if (escape != escapes.end()) {
            plain += escape->second;
            rest.remove_prefix(escape->first.size());
        } else {
            plain += rest.front();
            rest.remove_prefix(1);
        }
    }
    return plain;
}

Html Html::markup(Literal text) {
    Html html;
    html.text_ = text.text();
    return html;
}

Html& Html::append(const Html& more) {
    text_ += more.text_;
    return *this;
}

Html void_element(Literal name, Attributes attributes) {
    Html html;
    html.text_.append("<").append(name.text());
    for (const auto& [attribute, value] : attributes)
        html.text_.append(" ").append(attribute.text()).append("=\"").append(Html(value).text_).append("\"");
    html.text_.append(">");
    return html;
}

Html element(Literal name, Attributes attributes, const Html& content) {
    Html html = void_element(name, attributes);
    html.text_.append(content.text_).append("</").append(name.text()).append(">");
    return html;
}

}  // namespace freshet::dashboard
