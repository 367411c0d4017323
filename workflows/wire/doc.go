// Package wire is what crosses from the desk to a worker and back: acts that are
// signed, refusals that keep their meaning, payloads that are encrypted. It
// decides nothing about any process.
package wire
