// Package itsm holds the rules of service management and nothing else: what a
// record is, which moves it may make, who may ask for them, and why it waits.
//
// Every function here is pure: the same arguments give the same answer, on any
// machine, in any year. The package does no I/O, reads no clock, draws no random
// number and imports only the standard library, so workflows may call it freely
// and replay will never disagree with history.
package itsm
