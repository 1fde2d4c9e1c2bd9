// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/digest.hpp"
#include "freshet/s3.hpp"
#include "support/fake_clock.hpp"
#include "target/fake_s3.hpp"
#include "target/s3_client.hpp"
#include "target/staging.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace freshet::test {

/// A new folder in a bucket: of the server that tests/support/with_s3 has started, else of a FakeS3.
class S3Folder {
public:
    S3Target target(const std::string& name) const {
        return S3Target("s3://" + bucket_ + '/' + folder_ + name, options());
    }
    S3Options options() const { return fake ? fake->options() : S3Options{}; }

    /// The names of all objects of the folder, sorted; as "name (upload)" the uploads of `key` that are under way.
    std::vector<std::string> names(const std::string& key = "") const {
        s3::Client& client = s3::client_for(options());
        std::vector<std::string> found;
        if (fake) {
            for (const auto& name : fake->names()) found.push_back(name.substr(folder_.size()));
        } else {
            const auto list = [&](FormFields query, const char* element, const char* suffix) {
                const auto body = client.require({.doing = "list", .bucket = bucket_, .query = std::move(query)}).body;
                for (const auto& item : s3::xml_elements(body, element))
                    found.push_back(s3::xml_text(item, "Key").substr(folder_.size()) + suffix);
            };
            list({{"list-type", "2"}, {"prefix", folder_}}, "Contents", "");
            if (!key.empty()) list({{"uploads", ""}, {"prefix", folder_ + key}}, "Upload", " (upload)");
        }
        std::sort(found.begin(), found.end());
        return found;
    }

    std::unique_ptr<FakeS3> fake = std::getenv("FRESHET_TEST_BUCKET") ? nullptr : std::make_unique<FakeS3>();

private:
    std::string bucket_ = fake ? "bucket" : std::getenv("FRESHET_TEST_BUCKET");
    std::string folder_ = sha256(uuid4()).substr(0, 12) + '/';
};

/// An attempt as the engine runs it.
class S3Attempt {
public:
    explicit S3Attempt(std::int64_t lease) { attempt_.lease = lease; }

    void run(const std::function<void()>& body) {
        FakeClock clock;
        target::TemporarySweeper sweeper{clock};
        target::Staging staging{attempt_.token, sweeper};
        const target::StagingScope scope(staging, &attempt_);
        body();
    }
    void begin(const S3Target& target) { target.begin(attempt_); }
    /// Writes the target and stages it with a receipt that names the attempt.
    Json stage(const S3Target& target, std::string_view content) {
        run([&] { target.write(content); });
        return stage(target);
    }
    Json stage(const S3Target& target) {
        return target.stage(attempt_, [&](const Content& content) {
            return Json(Json::Object{{"sha256", content.sha256}, {"attempt", attempt_.token}});
        });
    }
    /// In the worker, which knows nothing of the attempt but its token and lease.
    PublishResult commit(const S3Target& target, const Json& staged, IfExists if_exists = IfExists::keep) const {
        TargetAttempt attempt{.token = attempt_.token, .lease = attempt_.lease};
        return target.commit(attempt, staged, if_exists);
    }
    void abort(const S3Target& target) const {
        TargetAttempt attempt{.token = attempt_.token, .lease = attempt_.lease};
        target.abort(attempt);
    }
    const std::string& token() const { return attempt_.token; }

private:
    TargetAttempt attempt_{.token = sha256(uuid4()).substr(0, 32)};
};

}  // namespace freshet::test
