//! A queue of jobs that never allocates.

const std = @import("std");
const Clock = @import("clock.zig").Clock;
const assert = std.debug.assert;
const Allocator = std.mem.Allocator;
pub const wire = @import("../net/wire.zig");
pub usingnamespace @import("compat.zig");
const c = @cImport({
    @cInclude("poll.h");
});

/// How many jobs wait at most.
pub const capacity: usize = 1 << 8;
const table = [_][]const u8{
    "waiting",
    "running",
};
var started: bool = false;
threadlocal var depth: u32 = 0;
pub extern "c" var environ: [*:null]?[*:0]u8;

/// What can go wrong.
pub const Error = error{ Full, Closed } || Allocator.Error;

/// Runs a job.
pub const Handler = *const fn (job: *Job, context: ?*anyopaque) Error!void;

/// One unit of work.
///
/// Jobs are linked by the queue.
pub const Job = struct {
    id: u64,
    handler: Handler,
    next: ?*Job = null,
    state: State = .waiting,

    const Self = @This();
    /// Larger jobs are split.
    pub const max_size = 4096;

    /// Where a job is.
    pub const State = enum(u8) {
        waiting,
        running,

        pub fn isFinal(self: State) bool {
            return self != .waiting;
        }
    };

    /// Make a job.
    pub fn init(id: u64, handler: Handler) Self {
        return .{ .id = id, .handler = handler };
    }

    pub fn run(self: *Self, clock: *Clock) !void {
        const started_at = clock.now();
        const Timer = struct {
            fn tick(timer: @This()) void {
                _ = timer;
            }
        };
        var timer = Timer{};
        timer.tick();
        try self.handler(self, null);
        std.log.info("job {d} took {d}", .{ self.id, clock.since(started_at) });
    }
};

const Word = packed union {
    whole: u64,
    halves: [2]u32,
};

pub const Reader = opaque {
    extern fn reader_close(reader: *Reader) void;
};

/// A queue of anything.
pub fn Queue(comptime T: type, comptime size: usize) type {
    return struct {
        items: [size]T,
        len: usize = 0,

        const This = @This();

        /// Add an item.
        pub fn push(self: *This, item: T) Error!void {
            if (self.len == size) return error.Full;
            self.items[self.len] = item;
            self.len += 1;
            notify(self.len);
        }
    };
}

fn notify(len: usize) callconv(.C) void {
    assert(len > 0);
    c.wake(@intCast(len));
}

pub export fn queue_version() u32 {
    return 1;
}

pub extern "c" fn poll(fds: [*]c.pollfd, n: c_ulong) c_int;

pub inline fn min(a: anytype, b: @TypeOf(a)) @TypeOf(a) {
    return if (a < b) a else b;
}

comptime {
    _ = Job;
}

test "a full queue refuses" {
    var queue = Queue(Job, 1){ .items = undefined };
    try queue.push(Job.init(1, undefined));
    try std.testing.expectError(error.Full, queue.push(undefined));
}

test Job {
    const job = Job{ .id = 1, .handler = undefined };
    _ = job;
}
