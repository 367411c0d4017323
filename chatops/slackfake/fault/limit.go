package fault

import (
	"math"
	"time"
)

// Slack's tiers, in calls a minute per method; posting has a rule of its own.
const (
	tier2     = 20
	tier3     = 50
	tier4     = 100
	postBurst = 5 // "short bursts are allowed", says Slack, and gives no number
)

var tiers = map[string]float64{
	"chat.postMessage": 60, "chat.update": tier3, "chat.delete": tier3, "chat.postEphemeral": tier4,
	"chat.getPermalink": 600, "conversations.open": tier3, "conversations.history": tier3,
	"files.getUploadURLExternal": tier4, "files.completeUploadExternal": tier4,
	"conversations.replies": tier3, "conversations.info": tier3, "conversations.list": tier2,
	"conversations.members": tier4, "users.info": tier4, "users.lookupByEmail": tier3,
	"users.list": tier2, "auth.test": 600,
}

type bucket struct {
	tokens float64
	at     time.Time
}

// Limits are Slack's rate limits for one app in one workspace. The zero value is
// ready; it is not safe for concurrent use.
type Limits struct{ buckets map[string]*bucket }

// Take takes one call from the bucket of a method (and channel, for posts) and
// returns how many whole seconds to wait when it is empty, else zero.
func (l *Limits) Take(now time.Time, method, channel string) int {
	perMinute, ok := tiers[method]
	if !ok {
		perMinute = tier4
	}
	burst, key := perMinute, method
	if method == "chat.postMessage" {
		burst, key = postBurst, method+" "+channel
	}
	if l.buckets == nil {
		l.buckets = map[string]*bucket{}
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{tokens: burst, at: now}
		l.buckets[key] = b
	}
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Minutes()*perMinute)
	b.at = now
	if b.tokens < 1 {
		return int(math.Ceil((1 - b.tokens) * 60 / perMinute))
	}
	b.tokens--
	return 0
}
