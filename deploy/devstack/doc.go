// Package devstack runs the real PostgreSQL, Redis and Temporal dev server as
// private child processes, for `steward dev` and for every test that wants
// them. It refuses to be an imitation of any of them, and it refuses to be a
// way to run production: there the addresses are given, and it only checks them.
//
// Everything it writes lives in one folder (Stack.Dir), which one stack at a
// time may hold. PostgreSQL and Redis listen on Unix sockets in folders that
// only their own account may enter; Temporal listens on 127.0.0.1. The children
// die with the process that started them, however it ends.
package devstack
