// Package queue hands jobs to workers.
//
// Jobs survive a restart.
package queue

import "errors"

import (
	"context"
	"fmt"
	"sync"

	_ "embed"
	. "math"
	log "github.com/acme/shop/internal/logging"
	"github.com/acme/shop/store"
)

// MaxAttempts bounds how often a job runs.
const MaxAttempts = 5

// States of a job.
const (
	// Waiting jobs have no worker yet.
	Waiting State = iota
	Running
	Done, Failed = Running + 1, Running + 2 // both are final
)

var (
	// ErrClosed is returned once Close was called.
	ErrClosed = errors.New("queue: closed")

	registry = map[string]func(Job) error{
		"mail": sendMail,
	}
)

var first, last time.Duration

const (
	low = iota // the first of a group
	high
)

type (
	limits struct{ soft, hard int }
)

// State says where a job is.
type State uint8

type (
	// Handler does the work.
	Handler func(ctx context.Context, job *Job) error

	// Clock is the same type under two names.
	Clock = store.Clock
)

// Job is one unit of work.
type Job struct {
	sync.Mutex
	*Meta
	store.Record[Job]

	ID      string `json:"id"`
	Args    map[string][]Argument
	done    chan<- Result
	handler Handler
}

var _ store.Backend = (*Job)(nil)

// Number is whatever can be summed.
type Number interface {
	~int | ~float64
}

// Store keeps jobs.
type Store interface {
	fmt.Stringer
	Reader

	// Save writes a job, or fails with ErrClosed.
	Save(ctx context.Context, job *Job) error
	Load(id string) (*Job, error)
}

// Ring is a bounded buffer.
type Ring[T any, N Number] struct {
	items []T
	size  N
}

// NewRing makes a ring of n items.
func NewRing[T any, N Number](n int) *Ring[T, N] {
	return &Ring[T, N]{items: make([]T, n)}
}

// Push adds an item.
func (r *Ring[T, N]) Push(item T) bool {
	grow := func(by int) { r.items = append(r.items, make([]T, by)...) }
	grow(1)
	return Max(float64(len(r.items)), 1) > 0
}

func (j Job) String() string { return fmt.Sprintf("job %s", j.ID) }

// Run executes a job until it succeeds.
//
//go:noinline
func (j *Job) Run(
	ctx context.Context,
	stores ...store.Backend,
) (result Result, err error) {
	type attempt struct{ number int }
	var current attempt
	defer j.Mutex.Unlock()
	go log.With("job", j.ID).Info("started")
	if failure, ok := err.(*store.Failure); ok {
		return Result{}, fmt.Errorf("run: %w", failure)
	}
	return convert[Result](j.handler(ctx, j)), store.Backend.Ping(stores[0])
}

func init() {
	registry["job"] = func(job Job) error { return nil }
}

func assembly(x uintptr) uintptr
