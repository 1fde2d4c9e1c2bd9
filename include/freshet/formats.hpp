// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/file.hpp"
#include "freshet/published_target.hpp"
#include "freshet/target.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Compressed content of any target that has write() and read(). A library of its own (freshet::formats): a program
// without it does not load libzstd.
namespace freshet {

/// Takes the next bytes of a content.
using AppendBytes = std::function<void(std::string_view)>;

/// Compresses bytes that come piece by piece, and passes the result on piece by piece. The same bytes give the same
/// result, whatever their pieces.
class Encoder {
public:
    virtual ~Encoder() = default;
    /// Encodes the next bytes of the content.
    virtual void append(std::string_view bytes) = 0;
    /// Ends the content: call nothing after it.
    virtual void finish() = 0;
};

/// gzip (RFC 1952), at zlib's default level.
struct GzipFormat {
    /// Makes an encoder that passes the compressed bytes on to `out`.
    static std::unique_ptr<Encoder> encoder(AppendBytes out);
    /// Throws Error when the bytes are not whole and undamaged. Several members make one content.
    static void decode(std::string_view bytes, const AppendBytes& out);
};

/// Zstandard (RFC 8878) with checksums, at libzstd's default level.
struct ZstdFormat {
    /// Makes an encoder that passes the compressed bytes on to `out`.
    static std::unique_ptr<Encoder> encoder(AppendBytes out);
    /// Throws Error when the bytes are not whole and undamaged. Several frames make one content.
    static void decode(std::string_view bytes, const AppendBytes& out);
};

namespace detail {

/// Writes a file that is not there yet.
class NewFile {
public:
    explicit NewFile(const std::filesystem::path& path);
    void append(std::string_view bytes);

private:
    std::filesystem::path path_;
    FileDescriptor file_;
};

}  // namespace detail

/// A target whose content is compressed. In all else it is the target that it is made of, which is what is published,
/// has a receipt, and is verified: digests are those of the compressed bytes.
template <class Format, Target T>
class CompressedTarget : public T {
public:
    using T::T;

    /// Compresses what `write` appends. Takes little memory if the target can be created as a file.
    void create(const std::function<void(const AppendBytes&)>& write) const {
        if constexpr (requires(const std::function<void(const std::filesystem::path&)>& f) { T::create(f); }) {
            T::create([&](const std::filesystem::path& path) {
                detail::NewFile file(path);
                compress(write, [&](std::string_view bytes) { file.append(bytes); });
            });
        } else {
            std::string compressed;
            compress(write, [&](std::string_view bytes) { compressed += bytes; });
            T::write(compressed);
        }
    }
    /// The same with the whole content at hand.
    void write(std::string_view content) const {
        create([&](const AppendBytes& append) { append(content); });
    }

    /// The content, decompressed. Throws Error when it cannot be read.
    std::string read() const {
        std::string content;
        read([&](std::string_view bytes) { content += bytes; });
        return content;
    }
    /// Passes the content on piece by piece; only the compressed bytes are held in memory.
    void read(const AppendBytes& take) const { Format::decode(T::read(), take); }

    /// If T can tell of many at once.
    template <class U = T>
    requires BulkTarget<U>
    static std::vector<bool> exist(const std::vector<CompressedTarget>& targets) {
        return U::exist(std::vector<U>(targets.begin(), targets.end()));
    }

private:
    static void compress(const std::function<void(const AppendBytes&)>& write, AppendBytes out) {
        const std::unique_ptr<Encoder> encoder = Format::encoder(std::move(out));
        write([&](std::string_view bytes) { encoder->append(bytes); });
        encoder->finish();
    }
};

/// Gzip<LocalTarget>("table.csv.gz")
template <Target T>
using Gzip = CompressedTarget<GzipFormat, T>;
/// Zstd<S3Target>("s3://bucket/table.csv.zst")
template <Target T>
using Zstd = CompressedTarget<ZstdFormat, T>;

}  // namespace freshet
