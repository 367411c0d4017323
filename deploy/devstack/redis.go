package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// layRedis says how a private Redis, or Valkey, runs in the home. It keeps
// nothing on disk: whatever is in Redis may be lost at any moment.
func (s *Stack) layRedis(_ context.Context, _ Options, h home) (*server, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		if binary, err = exec.LookPath("valkey-server"); err != nil {
			return nil, errors.New("neither redis-server nor valkey-server is on the PATH: `make setup` installs it")
		}
	}
	dir := filepath.Join(h.dir, "redis")
	if err := makeFolder(dir, h.user); err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "redis.sock")
	s.RedisURL = "unix://" + socket
	ask, err := redisCheck(s.RedisURL)
	if err != nil {
		return nil, err
	}
	return &server{
		part: PartRedis,
		argv: []string{
			binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", dir,
			"--save", "", "--appendonly", "no", "--daemonize", "no",
			"--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru",
		},
		env: bareEnv(dir), dir: dir, user: h.user, log: logPath(h.dir, PartRedis),
		death: syscall.SIGKILL, quit: syscall.SIGTERM, grace: 10 * time.Second,
		ready: ask,
	}, rotateLog(logPath(h.dir, PartRedis))
}

// redisCheck makes the question whether a Redis answers. The error of a bad
// address does not quote it: it may hold a password.
func redisCheck(address string) (func(context.Context) error, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the address of Redis cannot be read: it has the form redis://user:password@host:port/0 or unix:///path/to.sock")
	}
	return func(ctx context.Context) error {
		// The client retries a dial and complains of each on stderr; one try is enough here.
		conn, err := (&net.Dialer{}).DialContext(ctx, o.Network, o.Addr)
		if err != nil {
			return fmt.Errorf("redis does not answer: %w", err)
		}
		if err := conn.Close(); err != nil {
			return err
		}
		c := redis.NewClient(o)
		defer c.Close()
		if err := c.Ping(ctx).Err(); err != nil {
			return fmt.Errorf("redis does not answer: %w", err)
		}
		return nil
	}, nil
}
