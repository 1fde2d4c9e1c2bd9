// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cstdlib>
#include <utility>

namespace freshet {

namespace {

constexpr std::size_t deepest = 100;  // no honest message comes near; a hostile one must not eat the stack

constexpr std::size_t usual_members = 24;  // members of a typical message

/// Python's surrogate escapes, which RapidJSON leaves as three bytes each, turned back into the bytes that they stand
/// for: a text that is no UTF-8 is the same after writing and reading.
std::string without_surrogate_escapes(std::string text) {
    constexpr unsigned char first_byte = 0xed;
    if (text.find(static_cast<char>(first_byte)) == text.npos) return text;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = at(i) == first_byte && i + 2 < text.size() && (at(i + 1) == 0xb2 || at(i + 1) == 0xb3);
        if (!is_escape) {
            bytes += text[i];
            continue;
        }
        bytes += static_cast<char>((at(i + 1) == 0xb2 ? 0x80U : 0xc0U) | (at(i + 2) & 0x3fU));
        i += 2;
    }
    return bytes;
}

/// Builds a Json from RapidJSON's events.
class Builder {
public:
    bool Null() { return add({}); }
    bool Bool(bool value) { return add(value); }
    // Numbers come as they are written: RapidJSON's own reading takes "NaN.5" for 0.5 and depends on chance for
    // "0e-34".
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return add_number({text, size}); }
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return add(without_surrogate_escapes(std::string(text, size)));
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        open_.back().name = without_surrogate_escapes(std::string(text, size));
        return true;
    }
    bool StartObject() { return open(Json::object()); }
    bool StartArray() { return open(Json::array()); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }

    Json take() { return std::move(root_); }
    /// Why it wanted no more.
    const std::string& problem() const { return problem_; }

private:
    /// An array or object whose end has not been seen.
    struct Open {
        bool is_object;
        Json::Array elements{};
        Json::Object members{};
        std::string name{};  ///< name of the member whose value comes next
    };

    bool open(const Json& kind) {
        if (open_.size() == deepest) return refuse(fmt::format("it is nested more than {} deep", deepest));
        open_.push_back({.is_object = kind.is_object()});
        if (open_.size() == 1) open_.back().members.reserve(usual_members);
        return true;
    }

    bool close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        return done.is_object ? add(std::move(done.members)) : add(std::move(done.elements));
    }

    bool refuse(std::string why) {
        problem_ = std::move(why);
        return false;
    }

    bool add_number(std::string_view text) {
        const char* const end = text.data() + text.size();
        std::int64_t integer = 0;
        const auto [integer_end, integer_error] = std::from_chars(text.data(), end, integer);
        if (integer_end == end && integer_error == std::errc{}) return add(integer);
        double number = 0;
        const auto [number_end, number_error] = std::from_chars(text.data(), end, number);
        if (number_end != end) return refuse(fmt::format("'{}' is not a number", text.substr(0, 40)));
        if (number_error == std::errc{}) return add(number);
        return add(std::strtod(std::string{text}.c_str(), nullptr));  // nearer to zero than a double can be, or farther
    }

    bool add(Json value) {
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (open_.back().is_object) {
            open_.back().members.emplace_back(std::move(open_.back().name), std::move(value));
        } else {
            open_.back().elements.push_back(std::move(value));
        }
        return true;
    }

    std::vector<Open> open_;
    Json root_;
    std::string problem_;
};

/// RapidJSON's words as the end of our sentence.
std::string reason(rapidjson::ParseErrorCode code) {
    std::string text = lower(rapidjson::GetParseError_En(code));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

bool is_ascii(std::string_view text) {
    unsigned char all = 0;
    for (const char byte : text) all |= static_cast<unsigned char>(byte);
    return all < 0x80;
}

template <unsigned flags, class Stream>
Json parsed(Stream& stream, std::size_t size) {
    rapidjson::Reader reader;
    Builder builder;
    const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
    // A zero byte is the end to RapidJSON, but not to us.
    if (result && stream.Tell() < size) throw Error("parse JSON: a zero byte follows the value");
    if (result) return builder.take();
    const std::string why = builder.problem().empty() ? reason(result.Code()) : builder.problem();
    throw Error(fmt::format("parse JSON: at byte {}: {}", result.Offset(), why));
}

}  // namespace

Json Json::parse(std::string_view text) {
    constexpr unsigned flags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream bytes(text.data(), text.size());
    if (is_ascii(text)) return parsed<flags>(bytes, text.size());  // as Luigi writes it: nothing to validate
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    return parsed<flags | rapidjson::kParseValidateEncodingFlag>(stream, text.size());
}

}  // namespace freshet
