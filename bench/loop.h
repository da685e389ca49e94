/* What the programs that the service is compared with have in common: libmicrohttpd in one thread, set up as the
 * service sets it up, so that only what stands behind it differs. */
#pragma once

#include <microhttpd.h>

/* Serves 127.0.0.1 on a free port, which it prints, until it is killed; returns an exit status. */
int loop_serve(MHD_AccessHandlerCallback handler, void *cls);
