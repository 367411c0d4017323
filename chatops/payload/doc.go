// Package payload reads what Slack delivers: commands, buttons, shortcuts, forms and
// events, each into one Request that holds what we use of it, bounded and named for
// the inbox. It refuses what has not Slack's shape, and it refuses to verify who sent
// it, to ask anybody or to know what any of it means: that is the door's.
package payload
