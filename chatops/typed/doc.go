// Package typed takes apart what people type behind a slash command: Slack's marks,
// the words, a record's number, a reason. It is pure, asks nobody and refuses
// nothing; what a command means is for the door to say.
package typed
