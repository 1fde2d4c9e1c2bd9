// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "target/s3_staging.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

// S3Target's functions for the engine. At most one attempt publishes, because S3 completes an upload only on condition
// that the object is what commit() has seen: absent, or of an earlier attempt.
namespace freshet {

using namespace s3;

namespace {

constexpr std::string_view publishing = "publish";
constexpr std::string_view reading_receipt = "read the receipt of";

http::Headers unchanged(const std::optional<ObjectInfo>& seen) {
    return {seen ? std::pair<std::string, std::string>{"If-Match", seen->etag}
                 : std::pair<std::string, std::string>{"If-None-Match", "*"}};
}

std::vector<std::string> texts(const Json& array) {
    std::vector<std::string> result;
    for (const Json& text : array.as_array()) result.push_back(text.as_string());
    return result;
}

/// Completes the upload. The object itself says if it is done: answers get lost, and versitygw says yes where the
/// upload is gone and another object is there.
bool completes(const Object& object, const TargetAttempt& attempt, const std::string& upload,
               const std::vector<std::string>& etags, const http::Headers& condition) {
    const auto is_done = [&] {
        const auto there = object.look(publishing);
        return there && there->attempt == attempt.token;
    };
    try {
        return object.complete_upload(publishing, upload, etags, condition) && is_done();
    } catch (const TransientError&) {
        if (is_done()) return true;
        throw;
    }
}

/// Puts the note of what was published last, and removes the receipt of what it has replaced.
void note_published(const S3Target& target, const TargetAttempt& attempt, const std::optional<ObjectInfo>& replaced) {
    object_at(target, last_published_key(target.key()))
        .put(publishing, Json(Json::Object{{"attempt", attempt.token}}).text(), {});
    if (replaced && !replaced->attempt.empty() && replaced->attempt != attempt.token)
        object_at(target, receipt_key(target.key(), replaced->attempt)).remove(publishing);
}

/// The token of the attempt that has published the target last; "" for none.
std::string last_published(const S3Target& target) {
    const auto text = object_at(target, last_published_key(target.key())).find_text(reading_receipt);
    return text ? Json::parse(*text).at("attempt").as_string() : "";
}

std::optional<Json> receipt_of(const S3Target& target, const std::string& token) {
    if (token.empty()) return std::nullopt;
    const auto text = object_at(target, receipt_key(target.key(), token)).find_text(reading_receipt);
    if (!text || text->empty()) return std::nullopt;
    return Json::parse(*text);
}

}  // namespace

/// Discards what attempts that were killed have staged. An earlier one that lives fails.
void S3Target::begin(TargetAttempt& attempt) const {
    try {
        for (const std::string& token : tokens_of_receipts(*this)) {
            const auto note = object_at(*this, receipt_key(key_, token)).look("begin to make");
            // Without a note it is the receipt of an object with a longer name.
            if (!note || note->attempt != token || note->lease == 0 || note->lease >= attempt.lease) continue;
            TargetAttempt earlier{.token = token, .lease = note->lease};
            abort(earlier);
        }
    } catch (const Error&) {
        // It is left to the next attempt: whoever may not list can publish all the same.
    }
}

Json S3Target::stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const {
    const auto staged = staged_in(&attempt, *this);
    if (!staged) return {};
    object_at(*this, receipt_key(key_, attempt.token))
        .put("stage", make_receipt(staged->content).text(), note_of(attempt, staged->upload));
    staged->copy.reset();
    Json etags = Json::array();
    for (const std::string& etag : staged->etags) etags.push_back(etag);
    return Json::Object{{"upload", staged->upload}, {"etags", std::move(etags)}};
}

PublishResult S3Target::commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const {
    if (staged.is_null()) return PublishResult::published;
    const Object object = object_at(*this, key_);
    const std::string upload = staged.at("upload").as_string();
    const auto etags = texts(staged.at("etags"));
    constexpr int tries = 3;  // each of them met by another change of the object, which HEAD may show a little later
    for (int i = 0; i < tries; ++i) {
        std::this_thread::sleep_for(i * std::chrono::milliseconds(50));
        const auto there = object.look(publishing);
        if (there && there->attempt == attempt.token) {
            note_published(*this, attempt, there);
            return PublishResult::published;
        }
        const bool is_stale = there && attempt.lease > 0 && there->lease > attempt.lease;
        if (there && (if_exists == IfExists::keep || is_stale)) {
            abort(attempt);
            return PublishResult::superseded;
        }
        if (completes(object, attempt, upload, etags, unchanged(there))) {
            note_published(*this, attempt, there);
            return PublishResult::published;
        }
    }
    throw TransientError(
        fmt::format("publish '{}': its upload is not there any more, or the object changes all the time", address()));
}

void S3Target::abort(TargetAttempt& attempt) const {
    constexpr std::string_view aborting = "discard what was staged for";
    attempt.state.erase(address());
    LocalCopy::remove(*this, attempt.token);
    const Object receipt = object_at(*this, receipt_key(key_, attempt.token));
    const auto note = receipt.look(aborting);
    if (!note) return;
    const Object object = object_at(*this, key_);
    if (!note->upload.empty()) object.abort_upload(aborting, note->upload);
    // From here on nobody completes it, so that what is there decides about the receipt.
    if (const auto there = object.look(aborting); !there || there->attempt != attempt.token) receipt.remove(aborting);
}

std::optional<Json> S3Target::receipt() const {
    const auto there = object_at(*this, key_).look(reading_receipt);
    if (!there) return std::nullopt;
    if (auto receipt = receipt_of(*this, there->attempt)) return receipt;
    // Others have replaced it: the receipt of what was there shows that it is not the same any more.
    return receipt_of(*this, last_published(*this));
}

std::optional<Content> S3Target::content() const {
    const Object object = object_at(*this, key_);
    if (!object.look("read")) return std::nullopt;
    Content content;
    Sha256 sha;
    object.get("read", [&](std::string_view bytes) {
        sha.update(bytes);
        content.size += bytes.size();
    });
    content.sha256 = sha.hex();
    return content;
}

std::optional<Content> S3Target::head() const {
    const auto there = object_at(*this, key_).look("look at");
    if (!there) return std::nullopt;
    return Content{
        .size = there->size, .sha256 = there->sha256, .validator = there->etag.empty() ? "" : "ETag " + there->etag};
}

std::string S3Target::retire() const {
    constexpr std::string_view retiring = "retire";
    const Object object = object_at(*this, key_);
    const auto there = object.look(retiring);
    if (!there || !receipt()) return "";
    const std::string last = last_published(*this);
    const std::string& token = there->attempt.empty() ? last : there->attempt;
    const S3Target stale(fmt::format("s3://{}/{}", bucket_, stale_key(key_, token)), options_);
    object_at(*this, stale.key()).copy(retiring, key_, there->size);
    object.remove(retiring);
    for (const std::string& attempt : {there->attempt, last})
        if (!attempt.empty()) object_at(*this, receipt_key(key_, attempt)).remove(retiring);
    object_at(*this, last_published_key(key_)).remove(retiring);
    return stale.address();
}

}  // namespace freshet
