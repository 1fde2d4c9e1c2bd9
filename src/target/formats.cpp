// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/formats.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <fcntl.h>
#include <algorithm>

namespace freshet {

namespace {

constexpr std::size_t piece_size = 1 << 17;

/// zlib counts in 32 bits.
std::string_view take_piece(std::string_view& bytes) {
    constexpr std::size_t most = 1U << 30U;
    const std::string_view piece = bytes.substr(0, most);
    bytes.remove_prefix(piece.size());
    return piece;
}

constexpr int gzip_window = 15 + 16;  // the largest window, with gzip's header

void set_input(z_stream& stream, std::string_view bytes) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not modify its input
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Calls `step` with room for output until that leaves some free; returns its last result.
template <class Step>
int run_zlib(z_stream& stream, std::string& buffer, const AppendBytes& out, const Step& step) {
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        const int result = step();
        out({buffer.data(), buffer.size() - stream.avail_out});
        if (stream.avail_out > 0 || result == Z_STREAM_END || result < 0) return result;
    }
}

class GzipEncoder final : public Encoder {
public:
    explicit GzipEncoder(AppendBytes out) : out_(std::move(out)) {
        constexpr int memory_level = 8;  // zlib's default
        if (::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                           Z_DEFAULT_STRATEGY) != Z_OK)
            throw Error("compress with gzip: cannot initialise zlib");
    }
    ~GzipEncoder() override { ::deflateEnd(&stream_); }
    GzipEncoder(const GzipEncoder&) = delete;
    GzipEncoder& operator=(const GzipEncoder&) = delete;

    void append(std::string_view bytes) override {
        while (!bytes.empty()) {
            set_input(stream_, take_piece(bytes));
            run_zlib(stream_, buffer_, out_, [&] { return ::deflate(&stream_, Z_NO_FLUSH); });
        }
    }

    void finish() override {
        set_input(stream_, {});
        if (run_zlib(stream_, buffer_, out_, [&] { return ::deflate(&stream_, Z_FINISH); }) != Z_STREAM_END)
            throw Error("compress with gzip: zlib failed");
    }

private:
    AppendBytes out_;
    z_stream stream_{};
    std::string buffer_ = std::string(piece_size, '\0');
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

struct Inflate {
    Inflate() {
        if (::inflateInit2(&stream, gzip_window) != Z_OK) throw Error("read gzip: cannot initialise zlib");
    }
    ~Inflate() { ::inflateEnd(&stream); }
    Inflate(const Inflate&) = delete;
    Inflate& operator=(const Inflate&) = delete;

    z_stream stream{};
};

}  // namespace

std::unique_ptr<Encoder> GzipFormat::encoder(AppendBytes out) { return std::make_unique<GzipEncoder>(std::move(out)); }

void GzipFormat::decode(std::string_view bytes, const AppendBytes& out) {
    Inflate inflate;
    std::string buffer(piece_size, '\0');
    int result = Z_OK;
    while (!bytes.empty() || inflate.stream.avail_in > 0) {
        if (inflate.stream.avail_in == 0) set_input(inflate.stream, take_piece(bytes));
        if (result == Z_STREAM_END) ::inflateReset(&inflate.stream);  // another member follows
        result = run_zlib(inflate.stream, buffer, out, [&] { return ::inflate(&inflate.stream, Z_NO_FLUSH); });
        if (result == Z_BUF_ERROR) result = Z_OK;  // it needs more input
        if (result < 0 || result == Z_NEED_DICT)
            throw Error(fmt::format("read gzip: the content is damaged: {}",
                                    inflate.stream.msg ? inflate.stream.msg : "not in gzip's format"));
    }
    if (result != Z_STREAM_END) throw Error("read gzip: the content is cut short");
}

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
