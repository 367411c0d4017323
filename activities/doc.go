// Package activities is where a process touches the world: the database, Slack,
// GitHub. Every activity may run twice, late or out of order, and must not mind.
// None decides anything about a record.
package activities
