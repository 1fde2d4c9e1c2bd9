// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <zlib.h>

namespace freshet {

namespace {

constexpr std::size_t piece_size = 1 << 17;
constexpr int gzip_window = 15 + 16;  // the largest window, with gzip's header

/// zlib counts in 32 bits.
std::string_view take_piece(std::string_view& bytes) {
    constexpr std::size_t most = 1U << 30U;
    const std::string_view piece = bytes.substr(0, most);
    bytes.remove_prefix(piece.size());
    return piece;
}

void set_input(z_stream& stream, std::string_view bytes) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not modify its input
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Calls `step` with room for output until that leaves some free; returns its last result.
template <class Step>
int run_zlib(z_stream& stream, std::string& buffer, const GzipEncoder::Append& out, const Step& step) {
    for (;;) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        const int result = step();
        out({buffer.data(), buffer.size() - stream.avail_out});
        if (stream.avail_out > 0 || result == Z_STREAM_END || result < 0) return result;
    }
}

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

GzipEncoder::GzipEncoder(int level, Append out)
    : out_(std::move(out)), stream_(new z_stream{}), buffer_(piece_size, '\0') {
    constexpr int memory_level = 8;  // zlib's default
    if (::deflateInit2(stream_.get(), level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
        throw Error("compress with gzip: cannot initialise zlib");
}

void GzipEncoder::End::operator()(z_stream_s* stream) const {
    ::deflateEnd(stream);
    delete stream;
}

void GzipEncoder::append(std::string_view bytes) {
    while (!bytes.empty()) {
        set_input(*stream_, take_piece(bytes));
        run_zlib(*stream_, buffer_, out_, [&] { return ::deflate(stream_.get(), Z_NO_FLUSH); });
    }
}

void GzipEncoder::finish() {
    set_input(*stream_, {});
    if (run_zlib(*stream_, buffer_, out_, [&] { return ::deflate(stream_.get(), Z_FINISH); }) != Z_STREAM_END)
        throw Error("compress with gzip: zlib failed");
}

void decode_gzip(std::string_view bytes, const GzipEncoder::Append& out) {
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

}  // namespace freshet
