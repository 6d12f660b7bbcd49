#include "hash.h"
#include "kernel.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// A message of at most this many blocks is put together in the lane; longer ones are read where they lie.
enum { STAGED_BLOCKS = 4, NOBODY = -1 };

// One message on its way: blocks that follow one another at `at`, then `body_blocks` in the caller's memory, then
// `tail_blocks` in the lane.
typedef struct {
    uint8_t staged[STAGED_BLOCKS * BLOCK];
    const uint8_t *at;
    const uint8_t *body;
    size_t ready;
    size_t body_blocks;
    size_t tail_blocks;
    ptrdiff_t message;
} lane;

typedef struct {
    docket_kernel *kernel;
    int lanes;
} machine;

typedef struct {
    const uint8_t *bytes;
    const docket_hash_range *ranges;  // or null, and then
    size_t stride;
    size_t count;
    int prefix;
    uint8_t *digests;
} work;

#if defined(__x86_64__)
// Asked once: on a virtual machine the question goes to the hypervisor and takes longer than many digests.
static int has_sha_instructions(void) {
    enum { UNKNOWN, NO, YES };
    static int answer = UNKNOWN;
    int known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known == UNKNOWN) {
        unsigned a = 0, b = 0, c = 0, d = 0;
        int has = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
        known = has ? YES : NO;
        // Another thread may find out at the same time: it finds the same.
        __atomic_store_n(&answer, known, __ATOMIC_RELAXED);
    }
    return known == YES;
}
#endif

int docket_hash_is_native(docket_hash_path path) {
    switch (path) {
    case DOCKET_HASH_SCALAR: return 1;
#if defined(__x86_64__)
    case DOCKET_HASH_EIGHT: return __builtin_cpu_supports("avx2") != 0;
    case DOCKET_HASH_SIXTEEN:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl");
    case DOCKET_HASH_INSTRUCTIONS: return has_sha_instructions();
#endif
    default: return 0;
    }
}

static machine machine_for(docket_hash_path path) {
#if defined(__x86_64__)
    if (docket_hash_is_native(path)) {
        if (path == DOCKET_HASH_EIGHT) return (machine){docket_sha256_eight_avx2, 8};
        if (path == DOCKET_HASH_SIXTEEN) return (machine){docket_sha256_sixteen_avx512, 16};
        if (path == DOCKET_HASH_INSTRUCTIONS) return (machine){docket_sha256_instructions, 2};
    }
#endif
    if (path == DOCKET_HASH_EIGHT) return (machine){docket_sha256_eight, 8};
    if (path == DOCKET_HASH_SIXTEEN) return (machine){docket_sha256_sixteen, 16};
    return (machine){docket_sha256_scalar, 1};
}

// Writes what follows the last byte of a message: 0x80, zeros, and its length in bits at the end of the last block.
static void pad(uint8_t *blocks, size_t used, size_t block_count, size_t message_bytes) {
    size_t end = block_count * BLOCK;
    blocks[used] = 0x80;
    memset(blocks + used + 1, 0, end - used - 1 - 8);
    uint64_t bits = __builtin_bswap64((uint64_t)message_bytes * 8);
    memcpy(blocks + end - 8, &bits, 8);
}

static size_t padded_blocks(size_t bytes) { return (bytes + 1 + 8 + BLOCK - 1) / BLOCK; }

static void begin(lane *l, const work *job, size_t message) {
    size_t lower = job->ranges ? job->ranges[message].lower : message * job->stride;
    size_t upper = job->ranges ? job->ranges[message].upper : lower + job->stride;
    size_t left = upper - lower;
    const uint8_t *from = left ? job->bytes + lower : job->bytes;
    size_t first = job->prefix >= 0;
    size_t total = left + first;

    l->message = (ptrdiff_t)message;
    l->at = l->staged;
    l->body_blocks = l->tail_blocks = 0;
    l->staged[0] = (uint8_t)job->prefix;
    if (padded_blocks(total) <= STAGED_BLOCKS) {
        if (left) memcpy(l->staged + first, from, left);
        l->ready = padded_blocks(total);
        pad(l->staged, total, l->ready, total);
        return;
    }
    if (first) {
        memcpy(l->staged + first, from, BLOCK - first);
        from += BLOCK - first, left -= BLOCK - first;
    }
    l->body = from;
    l->body_blocks = left / BLOCK;
    size_t rest = left % BLOCK;
    l->tail_blocks = padded_blocks(rest);
    memcpy(l->staged + BLOCK, from + l->body_blocks * BLOCK, rest);
    pad(l->staged + BLOCK, rest, l->tail_blocks, total);
    l->ready = first;
    if (!first) l->at = l->body, l->ready = l->body_blocks, l->body_blocks = 0;
}

// Goes on by `blocks`. Says whether there is more of this message.
static int advance(lane *l, size_t blocks) {
    l->at += blocks * BLOCK;
    l->ready -= blocks;
    if (l->ready) return 1;
    if (l->body_blocks) {
        l->at = l->body, l->ready = l->body_blocks, l->body_blocks = 0;
        return 1;
    }
    if (l->tail_blocks) {
        l->at = l->staged + BLOCK, l->ready = l->tail_blocks, l->tail_blocks = 0;
        return 1;
    }
    return 0;
}

static void restart(uint32_t *state, int lanes, int lane) {
    for (int word = 0; word < WORDS; word++) state[word * lanes + lane] = docket_sha256_start[word];
}

static void put(const work *job, ptrdiff_t message, const uint32_t *state, int lanes, int lane) {
    uint8_t *digest = job->digests + message * 32;
    for (int word = 0; word < WORDS; word++) {
        uint32_t big_endian = __builtin_bswap32(state[word * lanes + lane]);
        memcpy(digest + word * 4, &big_endian, 4);
    }
}

// One message to its end on a narrow machine: its other lanes repeat the first one's work.
static void finish_alone(lane *l, const work *job, const uint32_t *wide, int wide_lanes, int wide_lane, machine m) {
    _Alignas(64) uint32_t state[WORDS * MOST_LANES] = {0};
    const uint8_t *at[MOST_LANES];
    for (int word = 0; word < WORDS; word++) state[word * m.lanes] = wide[word * wide_lanes + wide_lane];
    size_t blocks;
    do {
        blocks = l->ready;
        for (int lane = 0; lane < m.lanes; lane++) at[lane] = l->at;
        m.kernel(state, at, blocks);
    } while (advance(l, blocks));
    put(job, l->message, state, m.lanes, 0);
}

static void run(docket_hash_path path, const work *job) {
    machine m = machine_for(path);
    machine narrow = machine_for(DOCKET_HASH_INSTRUCTIONS);
    // Below this many messages left, one at a time is faster than a wide machine that is mostly empty.
    int too_few = m.lanes <= 2 ? 0 : narrow.lanes == 2 ? m.lanes / 4 : m.lanes / 8;

    _Alignas(64) uint32_t state[WORDS * MOST_LANES];
    lane lanes[MOST_LANES];
    const uint8_t *at[MOST_LANES];
    size_t next = 0;
    int busy = 0;
    for (int i = 0; i < m.lanes; i++) {
        restart(state, m.lanes, i);
        lanes[i].message = NOBODY;
        if (next < job->count) begin(&lanes[i], job, next++), busy++;
    }
    while (busy > (next < job->count ? 0 : too_few)) {
        size_t blocks = SIZE_MAX;
        const uint8_t *some = NULL;
        for (int i = 0; i < m.lanes; i++) {
            if (lanes[i].message == NOBODY) continue;
            if (lanes[i].ready < blocks) blocks = lanes[i].ready;
            some = lanes[i].at;
        }
        // An empty lane reads what another one reads; nobody looks at what comes of it. `some` belongs to the last
        // busy lane, and every busy lane has at least `blocks` blocks.
        for (int i = 0; i < m.lanes; i++) at[i] = lanes[i].message == NOBODY ? some : lanes[i].at;
        m.kernel(state, at, blocks);
        for (int i = 0; i < m.lanes; i++) {
            if (lanes[i].message == NOBODY || advance(&lanes[i], blocks)) continue;
            put(job, lanes[i].message, state, m.lanes, i);
            lanes[i].message = NOBODY;
            if (next < job->count) {
                begin(&lanes[i], job, next++);
                restart(state, m.lanes, i);
            } else {
                busy--;
            }
        }
    }
    for (int i = 0; i < m.lanes; i++) {
        if (lanes[i].message != NOBODY) finish_alone(&lanes[i], job, state, m.lanes, i, narrow);
    }
}

void docket_hash_ranges(docket_hash_path path, const uint8_t *bytes, const docket_hash_range *ranges, size_t count,
                        int prefix, uint8_t *digests) {
    run(path, &(work){bytes, ranges, 0, count, prefix, digests});
}

void docket_hash_strides(docket_hash_path path, const uint8_t *bytes, size_t stride, size_t count, int prefix,
                         uint8_t *digests) {
    run(path, &(work){bytes, NULL, stride, count, prefix, digests});
}
