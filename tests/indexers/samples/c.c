/*
 * A pool of buffers, shared by the readers of a connection.
 */

#include "pool.h"
#include "../net/socket.h"
#include <stdint.h>
#include <sys/types.h>

#ifdef POOL_TRACE
# include "trace.h"
#endif

#define POOL_SIZE 64
/* Round up to a power of two. */
#define ALIGN(n, to) (((n) + (to) - 1) & ~((to) - 1))
#define POOL_LOCK(p)            \
  do {                          \
    mutex_lock(&(p)->lock);     \
  } while (0)
#define POOL_INTERNAL

/** What a reader does when it is full. */
typedef int (*pool_full_cb)(struct pool* pool, void* data);

typedef unsigned long long pool_id_t;

/* One buffer. */
struct buffer {
  char* base;
  size_t len;
  struct {
    unsigned used : 1;
  } flags;
  struct buffer* next;
};

/// All the buffers.
typedef struct pool {
  struct buffer buffers[POOL_SIZE];
  pool_full_cb on_full;
  pool_id_t id;
} pool_t;

typedef struct {
  int x, y;
} point;

typedef enum pool_state {
  POOL_OPEN = 1,
  POOL_CLOSED
} pool_state_t;

enum { LOCAL_LIMIT = 12 };

union word {
  uint64_t whole;
  uint8_t bytes[8];
};

struct socket;

// Names of the states, for people.
static const char* const state_names[] = {
  [POOL_OPEN] = "open",
  [POOL_CLOSED] = "closed",
};

pool_t* default_pool;
extern int pool_debug;
static int opened = 0, closed;

int pool_init(pool_t* pool, size_t size);
static void release(struct buffer* buffer);
const char* pool_name(const pool_t*);

/**
 * Take a buffer out of the pool.
 *
 * @return NULL when there is none.
 */
struct buffer* pool_take(pool_t* pool,
                         size_t size) {
  struct buffer* found = NULL;
  static int calls;
  POOL_LOCK(pool);
  for (int i = 0; i < POOL_SIZE; i++)
    if (pool->buffers[i].len >= ALIGN(size, 8))
      found = &pool->buffers[i];
  if (found == NULL && pool->on_full(pool, NULL) == 0)
    return (struct buffer*) malloc(sizeof(point));
  socket_ops.wake(pool);
  return found;
}

static inline __attribute__((always_inline)) int
is_open(const pool_t* pool)
{
  return lookup(pool)->state == POOL_OPEN;
}

static void release(struct buffer* buffer) { free(buffer->base); }

#if defined(_WIN32)
int pool_wait(pool_t* pool) { return WaitForPool(pool); }
#else
int pool_wait(pool_t* pool) { return poll_pool(pool, -1); }
#endif

void (*pool_handler(int signal))(int) { return handlers[signal]; }

int main(int argc, char** argv) {
  pool_t pool;
  return pool_init(&pool, POOL_SIZE);
}

TEST_IMPL(pool_is_empty) {
  ASSERT_NULL(pool_take(default_pool, 1));
}

/* Grows a pool by some buffers. */
int pool_grow(pool_t* pool,
#ifdef POOL_TRACE
              const char* reason, int line
#else
              int line
#endif
) {
#if 0
  if (line {
#elif defined(POOL_TRACE)
  if (pool->traced > line) {
#else
  if (line < 0) {
#endif
    trace(pool);
  }
  return 0;
}

static void pool_shrink(pool_t* pool) { pool->size = 0; }

SHOP_API int (shop_open) (struct cart *cart);
int (shop_close)(struct cart *cart);
typedef void (shop_callback)(int count);
typedef void *(shop_allocator)(int count);

/* Macros that stand alone as statements, as those of Python's interface do, end no function and begin none. */
int cart_read(int handle) {
    int got = 0;
    if (handle > 0) {
        Py_BEGIN_ALLOW_THREADS
        got = read_all(handle);
        Py_END_ALLOW_THREADS
    }
    return got;
}

int cart_close(int handle) {
    return close(handle);
}

struct cart_window {
    int width;

    /* What the platform adds. */
    CART_PLATFORM_STATE
};

CART_BEGIN_DECLS

typedef enum { CART_EMPTY, CART_FULL } cart_state;
typedef void (CARTCALL * cart_hook)(int count);
CARTAPI cart_state *cart_states(int *count);
void cart_log(const char *format, ...)
    CART_PRINTF(1, 2);

void check_paths(void) {
    check_path(REPEAT("ab") "/");
}

#define CART_EACH(cart, item) \
    do {                      \
        /* The last one is not visited. */ \
        if ((cart)->items) {  \
            visit(item);      \
        }                     \
    } while (0)

CART_END_DECLS

/* What a test of the library Check looks like. */
START_TEST(adds_items)
{
    check_paths();
}
END_TEST

START_TEST(drops_items)
{
    check_paths();
}
END_TEST

int after_tests(void) { return 0; }

union cart_any {
    CART_TYPES(XX)
};

struct cart_lists {
    /* The carts that are open. */
    CART_WARN_ON_USE(
        "Use `cart_list` instead.")
    CART_ALIGNED(CACHE_LINE)
    cart_list lists[2];
    int (*compare)(const struct cart *a, const struct cart *b);
    struct cart *(*find)(int id);

    /* What the platform adds. */
    CART_PLATFORM_STATE
    CART_PLATFORM_LIST
};

static void printflike(1, 2)
cart_trace(const char *format, ...);

struct cart *cart_of(int id);

int cart_run(int code) {
    switch (code) {
        cart_case(CART_ADD) {
            return 1;
        }
        cart_case(CART_DROP) {
            return 2;
        }
    }
    return 0;
}

enum cart_kind {
    CART_ONLY
};
