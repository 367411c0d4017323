package main

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/steward-itsm/steward/itsm"
)

// minSecret is the least length of a shared secret. Slack's own have 32.
const minSecret = 20

// wellKnown are secrets that everybody tries first.
var wellKnown = regexp.MustCompile(`(?i)change.?me|password|^secret|example|default|12345678|xxxx|your.(token|secret)`)

var slackTeam = regexp.MustCompile(`^[TE][A-Z0-9]{2,20}$`)

// Check refuses settings that a program cannot run with, or in production should
// not, naming each variable, what is wrong with it and how it could read.
func (c *Config) Check(p Program) error {
	var f ConfigError
	if c.Env != Production && c.Env != Development {
		f.add("STEWARD_ENV", "must be production or development, not %q", c.Env)
	}
	if c.LogFormat != "json" && c.LogFormat != "text" {
		f.add("STEWARD_LOG_FORMAT", "must be json or text, not %q", c.LogFormat)
	}
	c.checkAddresses(&f)
	if p != Command {
		c.checkKeys(&f)
		c.checkSlack(&f)
		c.checkReach(&f)
	}
	if p == Serve {
		if c.RedisURL == "" {
			f.add("STEWARD_REDIS_URL", "is needed, such as redis://cache.example.com:6379/0; that it answers is not")
		}
		c.checkAuditKey(&f)
		c.checkSecrets(&f, "STEWARD_SLACK_SIGNING_SECRET", c.SlackSigningSecrets)
		c.checkSecrets(&f, "STEWARD_GITHUB_WEBHOOK_SECRET", c.GitHubWebhookSecrets)
	}
	if c.Env == Production && p != Command {
		c.checkProduction(&f, p)
	}
	return f.orNil()
}

func (c *Config) checkAddresses(f *ConfigError) {
	if c.DatabaseURL == "" {
		f.add("STEWARD_DATABASE_URL", "is needed, such as postgres://steward:…@db.example.com:5432/steward; `steward dev` brings a database of its own")
	} else if _, err := pgconn.ParseConfig(c.DatabaseURL.Reveal()); err != nil {
		f.add("STEWARD_DATABASE_URL", "is not a PostgreSQL address, such as postgres://steward:…@db.example.com:5432/steward")
	}
	webURL(f, "STEWARD_REDIS_URL", c.RedisURL.Reveal(), "redis://cache.example.com:6379/0", "redis", "rediss", "unix")
	webURL(f, "STEWARD_PUBLIC_URL", c.PublicURL, "https://steward.example.com/", "https", "http")
	webURL(f, "STEWARD_TEMPORAL_UI_URL", c.TemporalUIURL, "https://temporal.example.com/", "https", "http")
	webURL(f, "STEWARD_SLACK_API_URL", c.SlackAPIURL, "https://slack.com/api/", "https", "http")
	webURL(f, "STEWARD_GITHUB_API_URL", c.GitHubAPIURL, "https://api.github.com/", "https", "http")
	host, port, err := net.SplitHostPort(c.HTTPAddr)
	if _, perr := strconv.ParseUint(port, 10, 16); err != nil || perr != nil || strings.ContainsAny(host, "/ ") {
		f.add("STEWARD_HTTP_ADDR", "must be an address and a port, such as 127.0.0.1:8080, not %q", c.HTTPAddr)
	}
	for _, p := range c.TrustedProxies {
		_, perr := netip.ParsePrefix(p)
		if _, aerr := netip.ParseAddr(p); perr != nil && aerr != nil {
			f.add("STEWARD_TRUSTED_PROXIES", "must be addresses or ranges, such as 10.0.0.0/8,192.0.2.7, and %q is neither", p)
		}
	}
	for _, d := range c.AuditDirs {
		if !filepath.IsAbs(d) {
			f.add("STEWARD_AUDIT_DIRS", "must be whole paths, such as /var/lib/steward/anchors,/mnt/other/anchors, and %q is not", d)
		}
	}
}

func (c *Config) checkKeys(f *ConfigError) {
	switch n := len(c.ActKeys); {
	case n == 0:
		f.add("STEWARD_ACT_KEYS", "is needed: a key to sign what people do; make one with: openssl rand -hex 32")
	case n > 2:
		f.add("STEWARD_ACT_KEYS", "holds %d keys; one or two can be live: new,old", n)
	case n == 2 && slices.Equal(c.ActKeys[0].bytes, c.ActKeys[1].bytes):
		f.add("STEWARD_ACT_KEYS", "holds the same key twice; when you rotate, put a new one first: new,old")
	}
	ids := map[string]bool{}
	for _, k := range c.EncryptionKeys {
		if ids[k.ID] {
			f.add("STEWARD_ENCRYPTION_KEYS", "has two keys called %s; give each its own id: 2026b:…,2026a:…", k.ID)
		}
		ids[k.ID] = true
	}
}

// checkAuditKey keeps the key that signs anchors away from them: who can change
// an anchor must not be able to sign it again.
func (c *Config) checkAuditKey(f *ConfigError) {
	switch {
	case len(c.AuditDirs) == 0:
	case c.AuditKeyFile == "":
		f.add("STEWARD_AUDIT_KEY_FILE", "is needed to sign anchors, such as /etc/steward/anchor.key; it is made on first use")
	case !filepath.IsAbs(c.AuditKeyFile):
		f.add("STEWARD_AUDIT_KEY_FILE", "must be a whole path, such as /etc/steward/anchor.key, not %q", c.AuditKeyFile)
	case slices.ContainsFunc(c.AuditDirs, func(d string) bool { return filepath.Dir(c.AuditKeyFile) == filepath.Clean(d) }):
		f.add("STEWARD_AUDIT_KEY_FILE", "is in a folder of STEWARD_AUDIT_DIRS; keep it elsewhere, such as /etc/steward/anchor.key")
	}
}

func (c *Config) checkSlack(f *ConfigError) {
	if t := c.SlackBotToken.Reveal(); strings.TrimSpace(t) != t {
		f.add("STEWARD_SLACK_BOT_TOKEN", "has a blank before or after it")
	}
	for _, t := range c.SlackTeams {
		if !slackTeam.MatchString(t) {
			f.add("STEWARD_SLACK_TEAMS", "must be workspace ids, such as T0123ABCD, and %q is not", t)
		}
	}
}

// checkReach refuses ways to people that could not work.
func (c *Config) checkReach(f *ConfigError) {
	if _, err := c.mail(); err != nil {
		variable := "STEWARD_SMTP_URL"
		if c.SMTPURL != "" && c.MailFrom == "" {
			variable = "STEWARD_MAIL_FROM"
		}
		f.add(variable, "cannot be used: %s", itsm.AsError(err).Message)
	}
	if _, err := c.hook(); err != nil {
		f.add("STEWARD_WEBHOOK_SECRETS", "cannot be used: %s", itsm.AsError(err).Message)
	}
}

// checkSecrets refuses secrets that somebody could guess. In development short
// ones are let through.
func (c *Config) checkSecrets(f *ConfigError, variable string, secrets []Secret) {
	for i, s := range secrets {
		switch text := s.Reveal(); {
		case strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text:
			f.add(variable, "has an empty part or a blank in part %d; write it like new,old", i+1)
		case c.Env == Production && (len(text) < minSecret || wellKnown.MatchString(text) || distinct([]byte(text)) < 8):
			f.add(variable, "can be guessed (part %d): it is short or well known; %d random characters or more, such as from: openssl rand -hex 32", i+1, minSecret)
		}
	}
	if len(secrets) > 2 {
		f.add(variable, "holds %d secrets; one or two can be live: new,old", len(secrets))
	}
}

// checkProduction asks for what nobody should go without once it is in earnest.
func (c *Config) checkProduction(f *ConfigError, p Program) {
	if len(c.EncryptionKeys) == 0 {
		f.add("STEWARD_ENCRYPTION_KEYS", "is needed in production, for workflow histories hold what people write: 2026a:$(openssl rand -hex 32)")
	}
	if !strings.HasPrefix(c.SlackBotToken.Reveal(), "xoxb-") || wellKnown.MatchString(c.SlackBotToken.Reveal()) {
		f.add("STEWARD_SLACK_BOT_TOKEN", "is needed in production: the bot token of your Slack app, which begins with xoxb-")
	}
	if p == Serve && len(c.SlackTeams) == 0 {
		f.add("STEWARD_SLACK_TEAMS", "is needed in production: the ids of your Slack workspaces, such as T0123ABCD")
	}
	if !strings.HasPrefix(c.PublicURL, "https://") {
		f.add("STEWARD_PUBLIC_URL", "is needed in production and must be https, such as https://steward.example.com/")
	}
	if p == Serve && len(c.AuditDirs) == 0 {
		f.add("STEWARD_AUDIT_DIRS", "is needed in production: where anchors of the audit are kept, best on other storage than the database: /var/lib/steward/anchors")
	}
	if p == Serve && len(c.SlackSigningSecrets) == 0 {
		f.add("STEWARD_SLACK_SIGNING_SECRET", "is needed in production: it is under Basic Information in your Slack app")
	}
}

// webURL checks an address, if there is one. Its text may hold a password and is
// not repeated.
func webURL(f *ConfigError, variable, text, example string, schemes ...string) {
	if text == "" {
		return
	}
	u, err := url.Parse(text)
	if err != nil || !slices.Contains(schemes, u.Scheme) || (u.Host == "" && u.Scheme != "unix") {
		f.add(variable, "is not an address of the kind %s, such as %s", strings.Join(schemes, "/"), example)
	}
}
