// Package catalog reads the catalog file: who is who and what is what, written by
// people in YAML and kept beside their other configuration.
//
// A fault is answered as a colleague would: where it is, what is there, and what
// to write instead, all faults at once. The package is strict where a guess could
// put the wrong person in charge: unknown and repeated keys, aliases, tags and
// values of another type are refused. It stores nothing and knows no rule of its
// own but the spelling of YAML and of time zones; what a catalog must say is in
// package itsm.
package catalog
