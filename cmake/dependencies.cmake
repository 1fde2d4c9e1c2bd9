# Everything the library itself stands on; all of it comes from Debian's packages.
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS filesystem)
find_package(fmt REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(tomlplusplus REQUIRED)
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/reader.h REQUIRED) # its CMake package sets variables only
find_package(PkgConfig REQUIRED)
pkg_check_modules(rdkafka IMPORTED_TARGET rdkafka)
pkg_check_modules(libpqxx IMPORTED_TARGET libpqxx>=6.4 libpqxx<7) # 7 has another interface
pkg_check_modules(libzstd IMPORTED_TARGET libzstd)
