# What is tested from outside: the command line on scenarios/tiny, Python tests, guards. Included by
# tests/CMakeLists.txt. Debian's Python alone has the modules, whatever python3 comes first on PATH.
find_program(PAMIR_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED)

set(tiny_experiment ${CMAKE_SOURCE_DIR}/scenarios/tiny/experiment.yaml)
set(tiny_result ${CMAKE_BINARY_DIR}/tiny.h5)

# The command line, in every preset: under the sanitizers, too.
if(TARGET pamir)
    add_test(NAME cli/run COMMAND pamir run ${tiny_experiment} -o ${tiny_result} --threads 2 --overwrite --quiet)
    set_tests_properties(cli/run PROPERTIES LABELS "cli;threads" FIXTURES_SETUP tiny TIMEOUT 300)
    add_test(NAME cli/check COMMAND pamir check ${tiny_experiment})
    add_test(NAME cli/describe COMMAND pamir describe)
    add_test(NAME cli/help COMMAND pamir --help)
    set_tests_properties(cli/check cli/describe cli/help PROPERTIES LABELS cli TIMEOUT 300)
    foreach(command summary verify)
        add_test(NAME cli/${command} COMMAND pamir ${command} ${tiny_result})
        set_tests_properties(cli/${command} PROPERTIES LABELS cli FIXTURES_REQUIRED tiny TIMEOUT 300)
    endforeach()
endif()

# pamir_pytest(NAME entry LABELS ... FILES ... [WORKING_DIRECTORY folder] [TINY]): one ctest of pytest files.
# PAMIR_BIN, PAMIR_BUILD_DIR, PAMIR_TINY (the result of cli/run) and PAMIR_TEST_H5 (a program that
# writes result files) tell the tests what was built.
function(pamir_pytest)
    cmake_parse_arguments(PARSE_ARGV 0 arg "TINY" "NAME;WORKING_DIRECTORY" "LABELS;FILES")
    if(NOT arg_WORKING_DIRECTORY)
        set(arg_WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    endif()
    add_test(NAME ${arg_NAME} COMMAND ${PAMIR_PYTHON} -m pytest -q -rfEs --tb=short -p no:cacheprovider ${arg_FILES}
        WORKING_DIRECTORY ${arg_WORKING_DIRECTORY})
    set(environment PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg PAMIR_BUILD_DIR=${CMAKE_BINARY_DIR}
        PYTHONPATH=${CMAKE_SOURCE_DIR}/analysis)
    if(TARGET pamir)
        list(APPEND environment PAMIR_BIN=$<TARGET_FILE:pamir> PAMIR_TINY=${tiny_result})
    endif()
    if(TARGET test_h5)
        list(APPEND environment PAMIR_TEST_H5=$<TARGET_FILE:test_h5>)
    endif()
    set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 900 ENVIRONMENT "${environment}")
    if(arg_TINY AND TARGET pamir)
        set_tests_properties(${arg_NAME} PROPERTIES FIXTURES_REQUIRED tiny)
    endif()
endfunction()

# Python tests look at what the plain build wrote; guards at its objects. The sanitizers have nothing to add.
if(NOT PAMIR_SANITIZE)
    file(GLOB guards CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/guards/test_*.py)
    foreach(file ${guards})
        get_filename_component(name ${file} NAME_WE)
        pamir_pytest(NAME guards/${name} LABELS guards FILES ${file})
    endforeach()

    file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/test_*.py)
    list(FILTER scripts EXCLUDE REGEX "/guards/")
    foreach(file ${scripts})
        get_filename_component(name ${file} NAME_WE)
        get_filename_component(folder ${file} DIRECTORY)
        get_filename_component(folder ${folder} NAME)
        pamir_pytest(NAME ${folder}/${name} LABELS ${folder} FILES ${file} TINY)
    endforeach()

    # quickstart.sh configures and builds in this folder: nobody else may look at it meanwhile.
    set_tests_properties(install/test_quickstart PROPERTIES RUN_SERIAL ON)

    file(GLOB analysis CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/analysis/tests/test_*.py)
    foreach(file ${analysis})
        get_filename_component(name ${file} NAME_WE)
        pamir_pytest(NAME analysis/${name} LABELS analysis FILES ${file} TINY
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/analysis)
    endforeach()
endif()
