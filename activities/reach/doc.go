// Package reach is how Steward reaches one person besides Slack: by e-mail and by a
// signed webhook. Whom to reach, when, and what is done if nobody answers, is not
// its business; nor is keeping note of what was sent.
//
// A send may be repeated: the key of a message is what makes a repeat the same page,
// as the Message-ID of a mail and as the webhook-id of a request. It fails with a
// refusal that says what became of the message:
//
//   - mail.unavailable, hook.unavailable, hook.rate_limited: it was not taken, or
//     nobody knows; send it again under the same key.
//   - mail.refused, hook.refused, reach.unreachable: it will never be taken there; go
//     on to the next way, and have the catalog corrected.
//
// No refusal repeats an address, a password, or what a server says: addresses are
// personal, those of webhooks are often secret, and servers repeat both.
package reach
