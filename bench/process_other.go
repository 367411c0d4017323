//go:build !linux

package main

import "syscall"

// dieWithParent can do nothing here: after a SIGKILL of the bench its processes
// have to be ended by hand.
func dieWithParent(*syscall.SysProcAttr) {}
