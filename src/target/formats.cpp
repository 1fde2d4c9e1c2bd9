// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/formats.hpp"

#include "base/files.hpp"
#include "base/gzip.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <fcntl.h>

namespace freshet {

namespace {

constexpr std::size_t piece_size = 1 << 17;

class GzipFormatEncoder final : public Encoder {
public:
    explicit GzipFormatEncoder(AppendBytes out) : encoder_(GzipEncoder::default_level, std::move(out)) {}

    void append(std::string_view bytes) override { encoder_.append(bytes); }
    void finish() override { encoder_.finish(); }

private:
    GzipEncoder encoder_;
};

class ZstdEncoder final : public Encoder {
public:
    explicit ZstdEncoder(AppendBytes out) : out_(std::move(out)) {
        check(::ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1));
    }

    /// Collects pieces of one size: the division of the input shows in libzstd's output.
    void append(std::string_view bytes) override {
        while (!bytes.empty()) {
            const std::string_view part = bytes.substr(0, piece_size - piece_.size());
            piece_ += part;
            bytes.remove_prefix(part.size());
            if (piece_.size() < piece_size) continue;
            run(piece_, ZSTD_e_continue);
            piece_.clear();
        }
    }
    void finish() override { run(piece_, ZSTD_e_end); }

private:
    void run(std::string_view bytes, ZSTD_EndDirective directive) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (std::size_t left = 1; left > 0;) {
            ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
            left = check(::ZSTD_compressStream2(context_.get(), &out, &in, directive));
            out_({buffer_.data(), out.pos});
            if (directive == ZSTD_e_continue) left = in.size - in.pos;
        }
    }

    static std::size_t check(std::size_t result) {
        if (::ZSTD_isError(result)) throw Error(fmt::format("compress with zstd: {}", ::ZSTD_getErrorName(result)));
        return result;
    }

    AppendBytes out_;
    std::string piece_{};
    std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_{::ZSTD_createCCtx(), &::ZSTD_freeCCtx};
    std::string buffer_ = std::string(::ZSTD_CStreamOutSize(), '\0');
};

}  // namespace

std::unique_ptr<Encoder> GzipFormat::encoder(AppendBytes out) {
    return std::make_unique<GzipFormatEncoder>(std::move(out));
}

void GzipFormat::decode(std::string_view bytes, const AppendBytes& out) { decode_gzip(bytes, out); }

std::unique_ptr<Encoder> ZstdFormat::encoder(AppendBytes out) { return std::make_unique<ZstdEncoder>(std::move(out)); }

void ZstdFormat::decode(std::string_view bytes, const AppendBytes& out) {
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(::ZSTD_createDCtx(), &::ZSTD_freeDCtx);
    std::string buffer(::ZSTD_DStreamOutSize(), '\0');
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::size_t left = 1;  // 0 at the end of a frame
    bool is_full = false;  // more may come without further input
    while (in.pos < in.size || is_full) {
        ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
        left = ::ZSTD_decompressStream(context.get(), &piece, &in);
        if (::ZSTD_isError(left))
            throw Error(fmt::format("read zstd: the content is damaged: {}", ::ZSTD_getErrorName(left)));
        out({buffer.data(), piece.pos});
        is_full = piece.pos == piece.size && left > 0;
    }
    if (left > 0) throw Error("read zstd: the content is cut short");
}

namespace detail {

NewFile::NewFile(const std::filesystem::path& path)
    : path_(path), file_(open_file(path, O_WRONLY | O_CREAT | O_EXCL)) {}

void NewFile::append(std::string_view bytes) { write_all(file_, bytes, path_); }

}  // namespace detail
}  // namespace freshet
