// The header that Debian's node-llhttp installs outside of the compiler's search path.
#include "/usr/share/include/llhttp/llhttp.h"
