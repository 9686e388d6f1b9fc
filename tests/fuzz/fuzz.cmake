# The fuzz targets, with the `fuzz` preset (clang): each is a program and one ctest, which runs the corpus kept in
# corpus/NAME and then a bounded number of new inputs from a fixed seed. What is new goes to the build folder.
add_custom_target(fuzz)

# pamir_fuzz(NAME LIBRARY RUNS LENGTH): RUNS inputs of at most LENGTH bytes.
function(pamir_fuzz name library runs length)
    set(target fuzz_${name})
    set(found ${CMAKE_BINARY_DIR}/found/${name})
    add_executable(${target} EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/tests/fuzz/${target}.c)
    target_link_libraries(${target} PRIVATE ${library})
    target_compile_definitions(${target} PRIVATE PAMIR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzz ${target})
    set(options -seed=1 -runs=${runs} -max_len=${length} -timeout=60 -rss_limit_mb=2048 -print_final_stats=1
        -verbosity=0 -artifact_prefix=${found}/)
    if(EXISTS ${CMAKE_SOURCE_DIR}/tests/fuzz/words/${name}.txt)
        list(APPEND options -dict=${CMAKE_SOURCE_DIR}/tests/fuzz/words/${name}.txt)
    endif()
    list(JOIN options " " options)
    add_test(NAME fuzz/${target} COMMAND sh -c "rm -rf '${found}' && mkdir -p '${found}/new' && \
exec '$<TARGET_FILE:${target}>' ${options} '${found}/new' '${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}'")
    set_tests_properties(fuzz/${target} PROPERTIES LABELS fuzz TIMEOUT 300
        ENVIRONMENT "ASAN_OPTIONS=allocator_may_return_null=1:quarantine_size_mb=16;OMP_NUM_THREADS=1")
endfunction()

pamir_fuzz(yaml pamir_sim 10000 4096)
pamir_fuzz(scenario pamir_models 300 6000)
pamir_fuzz(parts pamir_sim 15000 2048)
pamir_fuzz(checkpoint pamir_models 3000 256)
pamir_fuzz(result pamir_sim 100 64)
pamir_fuzz(site pamir_sim 500 2048)
