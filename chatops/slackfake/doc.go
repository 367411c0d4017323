// Package slackfake is Slack for tests and for `steward dev`: it keeps
// workspaces, messages and views, signs what it delivers, limits and fails as
// Slack does, over real HTTP, and shows it all on a page where a person picks
// who they are. It refuses to be a Slack client, a mock that answers what a test
// told it to, or anything that a production process may depend on.
//
// What it refuses, it refuses with Slack's own error codes and reasons, judged by
// Slack's published limits and never by the library that sent the request. All
// times come from Config.Now; only the three seconds that an app has to answer
// are measured on the wall, because a real HTTP request waits there.
package slackfake
