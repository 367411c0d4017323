package slackfake

import (
	"cmp"
	"log/slog"
	"time"
)

// Defaults of a workspace that names nothing.
const (
	defaultTeam    = "T0STEWARD"
	defaultDomain  = "steward"
	defaultApp     = "A0STEWARD"
	defaultBotUser = "U0STEWARD"
	defaultBot     = "B0STEWARD"
	defaultBotName = "steward"
)

// Config says what the workspace holds and how strict it is.
type Config struct {
	SigningSecret string // signs deliveries; must not be empty for an app that verifies
	BotToken      string // the only bearer token that the Web API accepts
	TeamID        string // "T0STEWARD" when empty
	TeamDomain    string // "steward" when empty
	AppID         string // "A0STEWARD" when empty
	BotUserID     string // "U0STEWARD" when empty
	BotName       string // "steward" when empty

	URL    string // address at which this server is reached, for response URLs; Listen sets it
	AppURL string // address of the app: deliveries go to AppURL+/slack/{commands,interactions,events}

	Users     []User
	Channels  []Channel
	Commands  []Command
	Shortcuts []Shortcut

	// Scopes are what the bot token was granted; nil grants everything.
	Scopes []string
	// RateLimits turns on Slack's published limits per method, on Now's clock.
	RateLimits bool
	// AnswerWithin is how long the app may take to answer a delivery; 3 s when zero.
	AnswerWithin time.Duration
	// StateFile keeps the workspace over restarts; empty keeps it in memory.
	StateFile string

	Now func() time.Time // time.Now when nil
	Log *slog.Logger     // silent when nil
}

// User is a person of the workspace.
type User struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	RealName   string `json:"real_name"`
	Email      string `json:"email"`
	TZ         string `json:"tz"`         // IANA name; UTC when empty
	Deleted    bool   `json:"deleted"`    // deactivated account
	Restricted bool   `json:"restricted"` // guest
	Stranger   bool   `json:"stranger"`   // of another company, by Slack Connect
	Bot        bool   `json:"bot"`
}

// Channel is a conversation. Everyone sees a public one; Members see a private one.
type Channel struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Private  bool     `json:"private"`
	Archived bool     `json:"archived"`
	Members  []string `json:"members"` // user IDs; put Config.BotUserID here for the bot to be in
	DM       string   `json:"dm"`      // the person whom a direct message with the app belongs to
}

// Command is a slash command of the app, offered by the page's composer.
type Command struct {
	Name        string `json:"name"` // with its slash
	Hint        string `json:"hint"`
	Description string `json:"description"`
}

func (c Config) withDefaults() Config {
	c.TeamID = cmp.Or(c.TeamID, defaultTeam)
	c.TeamDomain = cmp.Or(c.TeamDomain, defaultDomain)
	c.AppID = cmp.Or(c.AppID, defaultApp)
	c.BotUserID = cmp.Or(c.BotUserID, defaultBotUser)
	c.BotName = cmp.Or(c.BotName, defaultBotName)
	c.AnswerWithin = cmp.Or(c.AnswerWithin, 3*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}
