package devstack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// initdbArgs make the cluster: bytes sort as bytes and letters are Unicode's on
// every machine, and nobody comes in but through the socket's folder.
var initdbArgs = []string{
	"--username=" + superuser, "--encoding=UTF8", "--locale=C.UTF-8",
	"--auth-local=trust", "--auth-host=reject", "--no-sync", "--no-instructions",
}

// makeData makes the data folder when there is none: a copy of the template
// when this machine has one, and otherwise by initdb, which leaves a template
// behind. The folder appears under its name only when it is whole.
func (pg postgres) makeData(ctx context.Context, data string, account *syscall.Credential, durable bool, log *slog.Logger) error {
	if isFile(filepath.Join(data, "PG_VERSION")) {
		return nil
	}
	fresh := data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	template, noCache := pg.template()
	if noCache != nil || copyTree(template, fresh, account) != nil {
		if err := errors.Join(os.RemoveAll(fresh), pg.initdb(ctx, fresh, account)); err != nil {
			return err
		}
		if noCache == nil {
			noCache = publish(fresh, template)
		}
	}
	if noCache != nil {
		log.WarnContext(ctx, "no template of the database is kept, so each new one takes longer", "err", noCache)
	}
	if durable {
		syscall.Sync()
	}
	return os.Rename(fresh, data)
}

func (pg postgres) initdb(ctx context.Context, data string, account *syscall.Credential) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	args := append([]string{"-D", data}, initdbArgs...)
	out, err := command(account, filepath.Dir(data), filepath.Join(pg.bin, "initdb"), args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("initdb failed: %w\n%s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// template is where this machine keeps a fresh data folder of this very
// PostgreSQL, made with these very arguments.
func (pg postgres) template() (string, error) {
	room := filepath.Join(bigRoom, "steward-templates-"+strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(room, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	sum := sha256.Sum256([]byte(pg.version + "\x00" + strings.Join(initdbArgs, "\x00")))
	return filepath.Join(room, fmt.Sprintf("postgres-%d-%x", pg.major, sum[:6])), ours(room)
}

// publish puts a copy of a fresh data folder where the next start finds it. Of
// several that publish at once the first wins, and the others were spared nothing.
func publish(data, template string) error {
	draft, err := os.MkdirTemp(filepath.Dir(template), "draft-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft) // when it was renamed nothing is left in it
	if err := copyTree(data, filepath.Join(draft, "data"), nil); err != nil {
		return err
	}
	syscall.Sync() // a template torn by a power cut would be copied for ever
	err = os.Rename(filepath.Join(draft, "data"), template)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTEMPTY) {
		return nil
	}
	return err
}

// copyTree copies folders and plain files, which is all that initdb makes, and
// gives them to the account (nil = ourselves).
func copyTree(from, to string, account *syscall.Credential) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if entry.IsDir() {
			err = os.Mkdir(target, 0o700)
		} else {
			err = copyFile(path, target)
		}
		if err != nil || account == nil {
			return err
		}
		return os.Lchown(target, int(account.Uid), int(account.Gid))
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
