# cpack reads this before it packs. Without dpkg-shlibdeps it would make a package that names no library.
find_program(shlibdeps dpkg-shlibdeps)
find_program(file_type file)
if(NOT shlibdeps OR NOT file_type)
    message(FATAL_ERROR "The Debian package needs dpkg-shlibdeps and file: sudo apt install dpkg-dev file")
endif()
