/* GET /livez and /readyz: for those who watch over the service. */
#include "../endpoints.h"

bool get_livez(struct call *call)
{
    out_text(call->out, "status", "alive");
    return true;
}

/* That it is called at all says that the store could be read just now. */
bool get_readyz(struct call *call)
{
    out_text(call->out, "status", "ready");
    out_integer(call->out, "generation", call->state.generation);
    return true;
}
