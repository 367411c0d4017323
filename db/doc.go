// Package db is the record book: PostgreSQL, its migrations, and a Store with one
// method for each thing that may be read or written. It decides nothing: rules are
// in itsm, and what a CHECK refuses here should have been refused there already.
//
// A save is one statement that carries the event, the decision and the audit's
// entry with it; it may run twice, late or out of order. How a record stands is
// guarded by its revision, each of its texts by the revision that last wrote it.
// What monitoring tells is on record before anything is done about it, and the save of
// an incident says in the same transaction what its alerts have to know.
// Every error that leaves the package is an itsm.Error or hides behind one: no SQL
// reaches a person.
package db
