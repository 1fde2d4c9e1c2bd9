// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using freshet::test::TempDir;

TEST_CASE("digests are those of the published test vectors", "[base]") {
    CHECK(md5("") == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(md5("{}") == "99914b932bd37a50b983c5e7c90ae93b");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a digest does not depend on the division into updates", "[base]") {
    Sha256 pieces;
    pieces.update("a");
    pieces.update("");
    pieces.update("bc");
    CHECK(pieces.hex() == sha256("abc"));
}

TEST_CASE("the digest of a folder covers the names and the bytes of all its files", "[base]") {
    const TempDir dir;
    write_file_atomically(dir / "out/b/two", "2");
    write_file_atomically(dir / "out/a", "1");
    CHECK(sha256_of_file(dir / "out") == sha256(sha256("1") + "  a\n" + sha256("2") + "  b/two\n"));
    const auto before = sha256_of_file(dir / "out");
    std::filesystem::rename(dir / "out/a", dir / "out/c");
    CHECK(sha256_of_file(dir / "out") != before);
}

TEST_CASE("the digest of a file that cannot be read is an error", "[base]") {
    const TempDir dir;
    CHECK_THROWS_WITH(sha256_of_file(dir / "missing"), Catch::EndsWith("missing': No such file or directory"));
}

TEST_CASE("a UUID of version 5 equals the published example", "[base]") {
    CHECK(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

TEST_CASE("a namespace that is not a UUID is rejected", "[base]") {
    for (const char* space : {"", "6ba7b810-9dad-11d1-80b4-00c04fd430cg", "6ba7b8109dad-11d1-80b4-00c04fd430c8-"}) {
        CHECK_THROWS_AS(uuid5(space, "name"), Error);
    }
}

TEST_CASE("two random UUIDs differ and carry version 4", "[base]") {
    const auto first = uuid4();
    CHECK(first != uuid4());
    CHECK(first.size() == 36);
    CHECK(first[14] == '4');
}

TEST_CASE("base64 is that of RFC 4648, and is decoded with or without its padding", "[base]") {
    for (const auto& [bytes, text] : {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="),
                                      std::pair("foo", "Zm9v"), std::pair("foobar", "Zm9vYmFy")}) {
        CHECK(base64(bytes) == text);
        CHECK(base64_decoded(text) == bytes);
    }
    CHECK(base64("\xff\xfe\x80") == "//6A");
    CHECK(base64_decoded("Zg") == "f");
    CHECK_FALSE(base64_decoded("Zm 9v"));
    CHECK(base64(sha256_bytes("abc")) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST_CASE("HMAC-SHA256 equals the published examples, whatever the length of the key", "[base]") {
    CHECK(hmac_sha256(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hmac_sha256("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hmac_sha256({}, {}) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(hmac_sha256_bytes("Jefe", "").size() == 32);
}
