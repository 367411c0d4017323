package devstack

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// socketMax is the longest path a Unix socket can be bound to: sun_path less its NUL.
	socketMax = 107
	// bigRoom is where state goes when the folder asked for will not do: it
	// outlives a reboot, and every account may enter it.
	bigRoom = "/var/tmp"
	// litterAge is how old an abandoned temporary folder is before another start removes it.
	litterAge = 10 * time.Minute
)

// A home is the state folder that a stack holds.
type home struct {
	dir  string
	lock *os.File
	user *syscall.Credential // whom PostgreSQL and Redis run as; nil = ourselves
}

// openHome finds a state folder that the servers can work in, and takes it.
func openHome(dir string, log *slog.Logger) (home, error) {
	account, err := unprivileged()
	if err != nil {
		return home{}, err
	}
	if dir == "" {
		sweep(log)
		dir, err = temporaryHome(account)
	} else {
		dir, err = keptHome(dir, account, log)
	}
	if err != nil {
		return home{}, err
	}
	lock, err := takeLock(dir)
	if err != nil {
		return home{}, err
	}
	h := home{dir, lock, account}
	if err := makeFolder(filepath.Join(dir, "log"), nil); err != nil {
		return home{}, errors.Join(err, lock.Close())
	}
	return h, nil
}

// unprivileged is the account that the servers run as when we are root, as
// PostgreSQL refuses to be root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // nil is "ourselves" to exec
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil && uid != 0 {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("we run as root, which PostgreSQL refuses to do, and there is neither a user postgres nor nobody to run it as")
}

// keptHome is dir, or a folder of /var/tmp named after it when the servers
// cannot work in dir: its path may be too long for a socket, or lead through a
// folder such as /root that their account may not enter.
func keptHome(dir string, account *syscall.Credential, log *slog.Logger) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	why := fitHome(dir, account)
	if why == nil {
		return dir, nil
	}
	_ = os.Remove(dir) // when we left it empty
	sum := sha256.Sum256([]byte(dir + "\x00" + strconv.Itoa(os.Geteuid())))
	other := filepath.Join(bigRoom, fmt.Sprintf("steward-%x", sum[:6]))
	if err := fitHome(other, account); err != nil {
		return "", fmt.Errorf("no usable state folder: %w; nor %w", why, err)
	}
	log.Info("state is kept elsewhere", "dir", other, "wanted", dir, "reason", why.Error())
	return other, nil
}

func temporaryHome(account *syscall.Credential) (string, error) {
	var errs []error
	for _, room := range []string{os.TempDir(), bigRoom} {
		dir, err := os.MkdirTemp(room, "steward-tmp-")
		if err == nil {
			if err = fitHome(dir, account); err == nil {
				return dir, nil
			}
			_ = os.Remove(dir)
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("no usable temporary folder: %w", errors.Join(errs...))
}

// fitHome makes dir fit to be a home, or says why it cannot be one. It tries
// what the servers will do rather than guess from modes: network and container
// file systems refuse chown, sockets or another account each in their own way.
func fitHome(dir string, account *syscall.Credential) error {
	if n := len(filepath.Join(dir, "postgres", ".s.PGSQL.5432")); n > socketMax {
		return fmt.Errorf("%s is too long a path: a socket in it would have %d characters of at most %d", dir, n, socketMax)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil { //nolint:gosec // the servers' account passes through parents too
		return err
	}
	if err := ours(dir); err != nil {
		return err
	}
	mode := fs.FileMode(0o700)
	if account != nil {
		mode = 0o711 // the account passes through; each part's own folder is 0700
	}
	if err := os.Chmod(dir, mode); err != nil {
		return err
	}
	probe, err := os.MkdirTemp(dir, "probe-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(probe)
	return tryFolder(probe, account)
}

// tryFolder enters the folder as the servers' account and binds a socket in it.
func tryFolder(dir string, account *syscall.Credential) error {
	if err := makeFolder(dir, account); err != nil {
		return err
	}
	name, err := exec.LookPath("true")
	if err != nil {
		return err
	}
	if err := command(account, dir, name).Run(); err != nil {
		return fmt.Errorf("the account that PostgreSQL runs as cannot enter %s: %w", dir, err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return fmt.Errorf("no socket can be made in %s: %w", dir, err)
	}
	return l.Close()
}

// ours refuses a folder that somebody else made or may write to: in /var/tmp
// anyone can be there first.
func ours(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a folder that belongs to us alone: remove it or choose another", dir)
	}
	return nil
}

// makeFolder makes a folder that one account alone may enter (nil = ourselves).
func makeFolder(dir string, account *syscall.Credential) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if account != nil {
		if err := os.Chown(dir, int(account.Uid), int(account.Gid)); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a folder needs x
}

// takeLock holds the folder for one stack. The kernel lets go of it when we
// die; the children do not inherit it.
func takeLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder := make([]byte, 20)
		n, _ := f.Read(holder)
		err = fmt.Errorf("the state folder %s is in use by process %s: stop that one, or choose another folder",
			dir, strings.TrimSpace(string(holder[:n])))
		return nil, errors.Join(err, f.Close())
	}
	// The pid only serves the sentence above.
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid()))); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// sweep removes temporary folders whose stack died before it could.
func sweep(log *slog.Logger) {
	for _, room := range []string{os.TempDir(), bigRoom} {
		dirs, _ := filepath.Glob(filepath.Join(room, "steward-tmp-*")) // the pattern is well formed
		for _, dir := range dirs {
			info, err := os.Lstat(dir)
			if err != nil || time.Since(info.ModTime()) < litterAge || ours(dir) != nil {
				continue
			}
			lock, err := takeLock(dir)
			if err != nil {
				continue // it is alive
			}
			if err := errors.Join(os.RemoveAll(dir), lock.Close()); err != nil {
				log.Warn("an abandoned folder cannot be removed", "dir", dir, "err", err)
			}
		}
	}
}
