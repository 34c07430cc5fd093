# What a release is compiled and linked with beyond -O2: the hardening of dpkg-buildflags, and paths
# that do not tell where it was built, so that the same sources and packages give the same bytes.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fstack-protector-strong;-D_FORTIFY_SOURCE=2;-Werror=format-security;-Wdate-time>")
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>")
    add_link_options(-pie "LINKER:-z,relro,-z,now,--build-id=none")  # an id would sum up symbols named after paths
endif()
