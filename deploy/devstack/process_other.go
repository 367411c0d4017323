//go:build !linux

package devstack

import "syscall"

// dieWithParent can do nothing here: only Linux has a parent-death signal.
// After a SIGKILL of the parent the servers have to be stopped by hand.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
