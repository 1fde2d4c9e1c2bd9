// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace freshet::dashboard {

/// String literal of the program, so that untrusted text can never name an element or an attribute.
class Literal {
public:
    template <std::size_t N>
    consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}

    std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

struct Attribute {
    Literal name;
    std::string value;
};

/// HTML fragment. Construction from text escapes markup and replaces control characters, bidirectional marks and
/// invalid UTF-8 with U+FFFD.
class Html {
public:
    Html() = default;
    Html(std::string_view text);
    Html(const std::string& text) : Html(std::string_view(text)) {}
    Html(const char* text) : Html(std::string_view(text)) {}

    /// Returns a literal as markup, unescaped.
    static Html markup(Literal text);
    /// Concatenates the parts.
    template <class... Parts>
    static Html of(const Parts&... parts) {
        Html whole;
        (whole.append(parts), ...);
        return whole;
    }

    Html& append(const Html& more);
    bool empty() const { return text_.empty(); }
    const std::string& text() const { return text_; }
    /// Without markup, for those who do not read HTML.
    std::string plain_text() const;

private:
    friend Html void_element(Literal name, std::initializer_list<Attribute> attributes);
    friend Html element(Literal name, std::initializer_list<Attribute> attributes, const Html& content);

    std::string text_;
};

using Attributes = std::initializer_list<Attribute>;

/// Returns `<name attribute="value">`, of an element that has no content and no end tag; escapes the values.
Html void_element(Literal name, Attributes attributes);

/// Returns `<name attribute="value">content</name>`; escapes the values.
Html element(Literal name, Attributes attributes, const Html& content);

/// Returns an element around the concatenated parts.
template <class... Parts>
Html tag(Literal name, const Parts&... parts) {
    return element(name, {}, Html::of(parts...));
}

template <class... Parts>
Html tag(Literal name, Attributes attributes, const Parts&... parts) {
    return element(name, attributes, Html::of(parts...));
}

}  // namespace freshet::dashboard
