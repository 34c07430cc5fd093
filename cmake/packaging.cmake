# What is installed and where, and the Debian package: cpack --preset deb, after a release build.
include(GNUInstallDirs)

install(TARGETS sluice RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES config/sluice.yaml DESTINATION /etc/sluice)
install(FILES deploy/sluice.service DESTINATION lib/systemd/system)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# Debian wants manual pages and changelogs compressed, without the time in them.
function(install_compressed source name destination)
    set(out ${PROJECT_BINARY_DIR}/installed/${name}.gz)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/installed
        COMMAND gzip -9nc ${source} > ${out}
        DEPENDS ${source} VERBATIM)
    set_property(GLOBAL APPEND PROPERTY SLUICE_COMPRESSED ${out})
    install(FILES ${out} DESTINATION ${destination})
endfunction()
file(GLOB manuals CONFIGURE_DEPENDS docs/man/*.5 docs/man/*.8)
foreach(manual ${manuals})
    get_filename_component(name ${manual} NAME)
    string(REGEX MATCH "[0-9]$" section ${name})
    install_compressed(${manual} ${name} ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
configure_file(deploy/debian/changelog.in ${PROJECT_BINARY_DIR}/changelog @ONLY)
install_compressed(${PROJECT_BINARY_DIR}/changelog changelog ${CMAKE_INSTALL_DOCDIR})
get_property(compressed GLOBAL PROPERTY SLUICE_COMPRESSED)
add_custom_target(compressed_papers ALL DEPENDS ${compressed})

set(CPACK_GENERATOR DEB)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/packaging_tools.cmake)
set(CPACK_SET_DESTDIR ON)  # /etc and /usr in one package
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME sluice)
set(CPACK_PACKAGE_CONTACT "The Sluice developers <maintainers@sluice.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway between programs and AI model providers")
set(CPACK_PACKAGE_DESCRIPTION "Sluice stands between programs and the providers of models (OpenAI, Mistral,
Anthropic, Gemini and what speaks their dialects). It keeps the provider keys,
retries, falls back to other providers, limits, measures, and relays streams.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
include(CPack)

# What the built program consists of: CycloneDX 1.5 in sluice.cdx.json beside it.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
    add_custom_target(sbom
        COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/deploy/sbom.py --build ${PROJECT_BINARY_DIR}
            --version ${PROJECT_VERSION} --output ${PROJECT_BINARY_DIR}/sluice.cdx.json
        DEPENDS sluice VERBATIM)
endif()
