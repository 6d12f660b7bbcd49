// nghttp2: framing, header compression and flow control of HTTP/2.
#ifndef DOCKET_CNGHTTP2_SHIM_H
#define DOCKET_CNGHTTP2_SHIM_H

#include <nghttp2/nghttp2.h>

#endif
