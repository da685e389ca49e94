/* The main of a test program: runs one test case and prints TAP. */
#pragma once

#include <check.h>
#include <stdlib.h>

static int check_main(TCase *tests)
{
    Suite *suite = suite_create("tests");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
