// Debian's node-llhttp ships the generated parser as source; compiled here, not copied.
#include "/usr/share/llhttp/http.c"
