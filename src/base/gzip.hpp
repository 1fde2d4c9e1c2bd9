// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

// gzip (RFC 1952) by zlib, piece by piece.
namespace freshet {

/// Compresses a stream of bytes. The same bytes give the same result, whatever their pieces.
class GzipEncoder {
public:
    using Append = std::function<void(std::string_view)>;

    static constexpr int default_level = -1;

    /// `out` takes the result; `level` is 1, the fastest, to 9.
    GzipEncoder(int level, Append out);

    void append(std::string_view bytes);
    /// Ends the stream: call nothing after it.
    void finish();

private:
    struct End {
        void operator()(z_stream_s* stream) const;
    };

    Append out_;
    std::unique_ptr<z_stream_s, End> stream_;
    std::string buffer_;
};

/// Passes the content on to `out`. Several members make one content. Throws Error when the bytes are not whole and
/// undamaged.
void decode_gzip(std::string_view bytes, const GzipEncoder::Append& out);

}  // namespace freshet
