package devstack

import "syscall"

// dieWithParent has the kernel signal the child when the forking thread ends.
func dieWithParent(attr *syscall.SysProcAttr, sig syscall.Signal) { attr.Pdeathsig = sig }
