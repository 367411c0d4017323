package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/deploy/catalog"
	"github.com/steward-itsm/steward/itsm"
)

// devSecrets are made on the first run and kept, so that what was signed before a
// stop is still good after it. They guard nothing but this machine's own stand-ins.
type devSecrets struct {
	ActKey       string `json:"act_key"`
	SlackSigning string `json:"slack_signing"`
	SlackToken   string `json:"slack_token"`
	GitHub       string `json:"github"`
}

// configure reads the settings and fills the gaps that a development machine has.
func (d *dev) configure(environ []string) (Config, error) {
	if lookup(environ, "STEWARD_ENV") == "" {
		environ = append(environ, "STEWARD_ENV="+string(Development))
	}
	c, err := ReadConfig(environ)
	if err != nil {
		return c, err
	}
	if d.secrets, err = readSecrets(filepath.Join(d.dir, "secrets.json")); err != nil {
		return c, err
	}
	if len(c.ActKeys) == 0 {
		var k Key
		if err := k.UnmarshalText([]byte(d.secrets.ActKey)); err != nil {
			return c, err
		}
		c.ActKeys = []Key{k}
	}
	if len(c.SlackSigningSecrets) == 0 {
		c.SlackSigningSecrets = []Secret{Secret(d.secrets.SlackSigning)}
	}
	if len(c.GitHubWebhookSecrets) == 0 {
		c.GitHubWebhookSecrets = []Secret{Secret(d.secrets.GitHub)}
	}
	if c.AuditKeyFile == "" {
		c.AuditKeyFile = filepath.Join(d.dir, "anchor.key")
	}
	if len(c.AuditDirs) == 0 {
		c.AuditDirs = []string{filepath.Join(d.dir, "anchors")}
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.HTTPAddr
	}
	return c, nil
}

func readSecrets(file string) (s devSecrets, err error) {
	text, err := os.ReadFile(file) //nolint:gosec // the folder is the caller's choice
	if err == nil {
		return s, json.Unmarshal(text, &s)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	s = devSecrets{ActKey: random(), SlackSigning: random(), SlackToken: "xoxb-" + random(), GitHub: random()}
	if text, err = json.MarshalIndent(s, "", "  "); err != nil {
		return s, err
	}
	return s, os.WriteFile(file, text, 0o600)
}

func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// loadCatalog applies the catalog to begin with, unless there is one already.
func (d *dev) loadCatalog(ctx context.Context) (itsm.Catalog, error) {
	store, err := db.Open(ctx, d.stack.DatabaseURL, db.Owner, 2)
	if err != nil {
		return itsm.Catalog{}, err
	}
	defer store.Close()
	held, _, err := store.Catalog(ctx)
	if err == nil {
		return held, nil
	}
	if versions, listErr := store.CatalogVersions(ctx); listErr != nil || len(versions) > 0 {
		return held, err
	}
	text, err := os.ReadFile(d.catalog)
	if err != nil {
		return held, fmt.Errorf("no catalog to begin with: %w; name one with --catalog", err)
	}
	c, err := catalog.Parse(d.catalog, text)
	if err != nil {
		return held, err
	}
	_, _, err = store.ApplyCatalog(ctx, c, catalog.Digest(c), "steward dev")
	return c, err
}

// writeEnv writes the settings with which other commands reach this run.
func (d *dev) writeEnv() error {
	var b strings.Builder
	b.WriteString("# How the commands reach `steward dev`. Use it with: source " + filepath.Base(d.dir) + "/env\n")
	for _, kv := range [][2]string{
		{"STEWARD_ENV", string(Development)},
		{"STEWARD_DATABASE_URL", d.stack.DatabaseURL},
		{"STEWARD_AUDIT_KEY_FILE", d.config.AuditKeyFile},
		{"STEWARD_AUDIT_DIRS", strings.Join(d.config.AuditDirs, ",")},
		{"STEWARD_URL", d.config.PublicURL},
		{"STEWARD_GITHUB_WEBHOOK_SECRET", d.config.GitHubWebhookSecrets[0].Reveal()},
		{"TEMPORAL_ADDRESS", d.stack.TemporalAddress},
	} {
		fmt.Fprintf(&b, "export %s='%s'\n", kv[0], strings.ReplaceAll(kv[1], "'", `'\''`))
	}
	return os.WriteFile(filepath.Join(d.dir, "env"), []byte(b.String()), 0o600)
}

// forgetOwn drops from an environment what a run before wrote for other commands:
// a shell that sourced it would otherwise point this run at servers that are gone.
func (d *dev) forgetOwn(environ []string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(d.dir, "env"))
	if errors.Is(err, fs.ErrNotExist) {
		return environ, nil
	}
	own := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		own[name+"="+strings.Trim(value, "'")] = true
	}
	return slices.DeleteFunc(slices.Clone(environ), func(kv string) bool { return own[kv] }), err
}

// greet says where everything is, and what to try.
func (d *dev) greet() {
	ui := d.config.TemporalUIURL
	d.say("\nSteward runs (it took %.1f s). Ctrl-C stops it; nothing is lost.\n", time.Since(d.began).Seconds())
	d.say("  Start page      %s/start", d.config.PublicURL)
	if d.slack != nil {
		d.say("  Slack stand-in  %s/?as=U0ANA", d.slack.address())
	}
	d.say("  What waits      %s/               (sign in with a token)", d.config.PublicURL)
	d.say("  Board           %s/incidents      (ditto)", d.config.PublicURL)
	d.say("  API             %s/v1/changes     (contract: /openapi.yaml)", d.config.PublicURL)
	d.say("  Temporal UI     %s", ui)
	for _, f := range savedFilters(ui) {
		d.say("    %-17s %s", f.Name, f.URL)
	}
	d.say("\nTry: open the Slack stand-in, type /change new and answer its five questions with 1;")
	d.say("then become Bob and approve it. Answer with 5, and three stages of people decide.")
	d.say("Type /incident new, and /who payments for who is called. Or in another terminal:\n")
	d.say("  source %s/env", d.shortDir())
	d.say("  TOKEN=$(bin/steward token create --person ana --ttl 24h)")
	d.say(`  curl -H "Authorization: Bearer $TOKEN" $STEWARD_URL/v1/services`)
	d.say("")
}

// shortDir is the state folder as somebody in this folder would type it.
func (d *dev) shortDir() string {
	here, err := os.Getwd()
	if err != nil {
		return d.dir
	}
	if short, err := filepath.Rel(here, d.dir); err == nil && filepath.IsLocal(short) {
		return short
	}
	return d.dir
}

func lookup(environ []string, name string) string {
	for _, kv := range environ {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}
