// Package messenger speaks to Slack: it posts, edits and finds what the processes have
// to say, opens forms, and turns every failure of Slack's into one refusal that tells
// whether Slack may have taken the message all the same. It needs no door and no desk,
// so that a worker has a messenger of its own; it refuses to decide what is said, to
// whom, or whether to try again.
package messenger
