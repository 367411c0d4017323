// Package blockkit is Slack's Block Kit as Slack judges it: it parses blocks by
// walking their JSON, refuses what Slack refuses with Slack's own reasons, and
// works out what a form holds once a person filled it. It refuses to build blocks
// and to know any library that does.
package blockkit
