// Command bench measures what Steward costs beside a bare twin: a workflow with
// the same updates, activities, upserts and timers that does nothing. It starts
// servers of its own, drives both in turn, and ends with an error unless all that
// it asked for arrived. It is no load test of a cluster and no test of speed: it
// has no threshold, and its numbers hold for the machine that they were taken on.
package main
