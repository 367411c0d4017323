package devstack

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
)

// A process is one run of a server.
type process struct {
	cmd   *exec.Cmd
	done  chan struct{} // closed once it is reaped
	err   error         // valid after done
	asked atomic.Bool   // its end was asked for
}

// spawn starts a process that dies with us.
//
// The kernel sends the parent-death signal when the *thread* that forked ends,
// and Go ends idle threads: so the thread is locked to a goroutine that lives
// until the child has been reaped.
func spawn(srv *server, out *os.File) (*process, error) {
	p := &process{cmd: exec.Command(srv.argv[0], srv.argv[1:]...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = srv.dir, srv.env
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// A group of its own, so that Ctrl-C reaches us alone and we stop the parts in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: srv.user}
	dieWithParent(p.cmd.SysProcAttr, srv.death)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// result is never nil: a server that ends by itself before it answers has
// failed, whatever its status.
func (p *process) result() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// kill ends the process now and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only when it is gone already
	<-p.done
}

// command is a short-lived helper of a server's account, such as initdb. It is
// given nothing of our environment but PATH.
func command(user *syscall.Credential, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, bareEnv(dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	return cmd
}

// bareEnv keeps PGPORT, TEMPORAL_ADDRESS and the like, meant for other servers,
// away from ours.
func bareEnv(homeDir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + homeDir, "LC_ALL=C.UTF-8", "TZ=UTC"}
}
