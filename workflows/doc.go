// Package workflows is the service management system written as processes.
//
// One file is one process of ISO/IEC 20000-1; its exported function reads in the
// order that the standard asks for, and everything else in the file is how. Code
// here decides nothing by itself: rules come from package itsm, and effects
// happen in package activities. Nobody outside the desk talks to a process, and
// no process fails for something that a person can mend.
package workflows
