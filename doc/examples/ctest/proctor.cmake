# proctor.cmake - plans as tests of ctest; copy it into your project
#
#   include (proctor.cmake)
#   proctor_add_tests (PLAN... [TIMEOUT SECONDS] [OPTIONS OPTION...])
#
# Each test of a plan is one for ctest, called PLAN:TEST.  It runs in the build
# directory, which is $builddir in the plan.  OPTIONS are those of "proctor
# run"; TIMEOUT is ctest's, for what no limit in the plan has caught.
#
# cmake -DPROCTOR=/a/path/proctor says where proctor is.  Without one, or with
# -DPROCTOR=OFF, there are no tests, and a message.

find_program (PROCTOR proctor DOC "the program proctor, which runs plans")

# Sets @names to the names of the plan's tests.
function (_proctor_list path names)
  execute_process (
    COMMAND ${PROCTOR} list -- ${path}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
    OUTPUT_VARIABLE lines
    ERROR_VARIABLE messages
    RESULT_VARIABLE status
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if (NOT status EQUAL 0)
    message (NOTICE "${messages}")
    message (FATAL_ERROR "the plan ${path} cannot be listed")
  endif ()
  string (REGEX REPLACE "[^\n]*:" "" lines "${lines}")
  string (REPLACE "\n" ";" lines "${lines}")
  set (${names} ${lines} PARENT_SCOPE)
endfunction ()

function (proctor_add_tests)
  cmake_parse_arguments (PARSE_ARGV 0 arg "" "TIMEOUT" "OPTIONS")
  if (NOT PROCTOR)
    message (WARNING "there is no proctor: the plans are no tests")
    return ()
  endif ()
  foreach (plan IN LISTS arg_UNPARSED_ARGUMENTS)
    get_filename_component (path ${plan} ABSOLUTE)
    # One that was changed may have other tests.
    set_property (DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    _proctor_list (${path} names)
    foreach (name IN LISTS names)
      add_test (
        NAME ${plan}:${name}
        COMMAND ${PROCTOR} run ${arg_OPTIONS} -- ${path}:${name}
        WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
      set_tests_properties (${plan}:${name} PROPERTIES SKIP_RETURN_CODE 77)
      if (arg_TIMEOUT)
        set_tests_properties (
          ${plan}:${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
      endif ()
    endforeach ()
  endforeach ()
endfunction ()
