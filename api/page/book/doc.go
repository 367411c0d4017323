// Package book says names, times, clocks and events as the reader of a page knows
// them: people by what they are called, instants on the reader's clock, and what
// happened in sentences. It asks nobody and decides nothing: what it speaks of was
// read before.
package book
