// Hyperscan on x86-64, Vectorscan elsewhere: the same interface and the same name of the library.
#include <hs/hs.h>
