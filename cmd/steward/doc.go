// Command steward is the whole product in one binary: the doors, the workers and
// the commands by which it is looked after.
//
// This package reads settings, builds the parts and hands them to one another. It
// holds no rule and keeps no state: what a command does beyond that belongs to the
// package whose noun it is.
package main
