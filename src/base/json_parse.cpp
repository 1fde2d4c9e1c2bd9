// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

#include "base/text.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <utility>

namespace freshet {

namespace {

constexpr std::size_t deepest = 100;  // no honest message comes near; a hostile one must not eat the stack

/// Builds a Json from RapidJSON's events.
class Builder {
public:
    bool Null() { return add({}); }
    bool Bool(bool value) { return add(value); }
    bool Int(int value) { return add(value); }
    bool Uint(unsigned value) { return add(value); }
    bool Int64(std::int64_t value) { return add(value); }
    bool Uint64(std::uint64_t value) {
        return std::in_range<std::int64_t>(value) ? add(value) : add(static_cast<double>(value));
    }
    bool Double(double value) { return add(value); }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }  // only sent when numbers stay text
    bool String(const char* text, rapidjson::SizeType size, bool) { return add(std::string(text, size)); }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        open_.back().name.assign(text, size);
        return true;
    }
    bool StartObject() { return open(Json::object()); }
    bool StartArray() { return open(Json::array()); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }

    Json take() { return std::move(root_); }

private:
    /// An array or object whose end has not been seen.
    struct Open {
        bool is_object;
        Json::Array elements{};
        Json::Object members{};
        std::string name{};  ///< of the member whose value comes next
    };

    bool open(const Json& kind) {
        if (open_.size() == deepest) return false;
        open_.push_back({.is_object = kind.is_object()});
        return true;
    }

    bool close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        return done.is_object ? add(std::move(done.members)) : add(std::move(done.elements));
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
};

/// RapidJSON's words as the end of our sentence.
std::string reason(rapidjson::ParseErrorCode code) {
    if (code == rapidjson::kParseErrorTermination) return fmt::format("it is nested more than {} deep", deepest);
    std::string text = lower(rapidjson::GetParseError_En(code));
    if (text.ends_with('.')) text.pop_back();
    return text;
}

/// Where a fraction or an exponent follows "Infinity" or "NaN", outside of strings; npos where none does. RapidJSON
/// reads on there, as if the word were digits, makes 0.5 of "NaN.5" and trips over its own assertion at "NaNe5".
std::size_t digits_after_word(std::string_view text) {
    if (text.find("Inf") == text.npos && text.find("NaN") == text.npos) return text.npos;
    bool in_string = false;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const bool ends_word = text[i] == 'y' || text[i] == 'f' || text[i] == 'N';
        const bool goes_on = text[i + 1] == '.' || text[i + 1] == 'e' || text[i + 1] == 'E';
        if (!in_string && ends_word && goes_on) return i + 1;
        if (text[i] == '"') in_string = !in_string;
        if (text[i] == '\\' && in_string) ++i;
    }
    return text.npos;
}

}  // namespace

Json Json::parse(std::string_view text) {
    if (const auto at = digits_after_word(text); at != text.npos) {
        throw Error(fmt::format("reading JSON: at byte {}: no digits can follow infinity or NaN", at));
    }
    constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNanAndInfFlag |
                               rapidjson::kParseFullPrecisionFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::MemoryStream bytes(text.data(), text.size());
    rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(bytes);
    rapidjson::Reader reader;
    Builder builder;
    const rapidjson::ParseResult result = reader.Parse<flags>(stream, builder);
    // A zero byte is the end to RapidJSON, but not to us.
    if (result && stream.Tell() < text.size()) throw Error("reading JSON: a zero byte follows the value");
    if (result) return builder.take();
    throw Error(fmt::format("reading JSON: at byte {}: {}", result.Offset(), reason(result.Code())));
}

}  // namespace freshet
