// Package dbtest gives each test a migrated PostgreSQL database of its own, cloned
// from a template. It is for tests only, and it is no fixture: the database is
// empty.
package dbtest
