package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/steward-itsm/steward/chatops/slackfake"
	"github.com/steward-itsm/steward/deploy"
	"github.com/steward-itsm/steward/itsm"
)

// standIn is Slack for a machine that has none.
type standIn struct {
	*slackfake.Server
	l   net.Listener
	url string
}

// openStandIn fills a workspace with the catalog's people and channels, and
// points Steward at it.
func (d *dev) openStandIn(ctx context.Context, c itsm.Catalog) (*standIn, error) {
	l, err := listen(ctx, d.slackAddr, "--slack-addr")
	if err != nil {
		return nil, err
	}
	app, err := readSlackApp(deploy.SlackManifest)
	if err != nil {
		return nil, err
	}
	url := "http://" + l.Addr().String()
	d.config.SlackAPIURL, d.config.SlackBotToken = url+"/api/", Secret(d.secrets.SlackToken)
	d.config.SlackTeams = []string{standInTeam}
	fake := slackfake.New(slackfake.Config{
		SigningSecret: d.config.SlackSigningSecrets[0].Reveal(), BotToken: d.secrets.SlackToken, TeamID: standInTeam, TeamDomain: "example",
		URL: url, AppURL: d.config.PublicURL, Users: slackUsers(c), Channels: slackChannels(c), RateLimits: true,
		Commands: app.commands, Shortcuts: app.shortcuts,
		StateFile: filepath.Join(d.dir, "slack.json"), Now: time.Now, Log: d.log,
	})
	return &standIn{Server: fake, l: l, url: url}, nil
}

// slackApp is what an app offers people: the stand-in has all that a workspace would
// have, out of the same manifest.
type slackApp struct {
	commands  []slackfake.Command
	shortcuts []slackfake.Shortcut // of messages
}

func readSlackApp(manifest []byte) (app slackApp, err error) {
	var m struct {
		Features struct {
			Commands []struct {
				Command     string `yaml:"command"`
				Description string `yaml:"description"`
				Hint        string `yaml:"usage_hint"`
			} `yaml:"slash_commands"`
			Shortcuts []struct {
				Name     string `yaml:"name"`
				Type     string `yaml:"type"`
				Callback string `yaml:"callback_id"`
			} `yaml:"shortcuts"`
		} `yaml:"features"`
	}
	if err := yaml.Unmarshal(manifest, &m); err != nil {
		return app, fmt.Errorf("the Slack manifest: %w", err)
	}
	for _, c := range m.Features.Commands {
		app.commands = append(app.commands, slackfake.Command{Name: c.Command, Hint: c.Hint, Description: c.Description})
	}
	for _, s := range m.Features.Shortcuts {
		if s.Type == "message" {
			app.shortcuts = append(app.shortcuts, slackfake.Shortcut{Callback: s.Callback, Name: s.Name})
		}
	}
	return app, nil
}

const standInTeam = "T0STEWARD"

func (s *standIn) address() string {
	if s == nil {
		return ""
	}
	return s.url
}

func (s *standIn) close() error {
	if s == nil {
		return nil
	}
	return errors.Join(s.Close(), ignoreClosed(s.l.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (s *standIn) serve(ctx context.Context) error {
	server := &http.Server{Handler: s.Server, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	return serveUntil(ctx, server, s.l, time.Second, true) // a page that stays open must not keep it running
}

func slackUsers(c itsm.Catalog) []slackfake.User {
	var users []slackfake.User
	for _, p := range c.People {
		if p.Slack != "" {
			users = append(users, slackfake.User{ID: p.Slack, Name: string(p.ID), RealName: p.Name, Email: p.Email, TZ: p.Zone})
		}
	}
	return append(users, slackfake.User{ID: "U0STRANGER", Name: "sam", RealName: "Sam Stranger", Email: "sam@example.com", TZ: "UTC"})
}

func slackChannels(c itsm.Catalog) []slackfake.Channel {
	var everybody []string
	for _, u := range slackUsers(c) {
		everybody = append(everybody, u.ID)
	}
	everybody = append(everybody, "U0STEWARD")
	channels := []slackfake.Channel{{ID: "C0GENERAL", Name: "general", Members: everybody}}
	add := func(id, name string) {
		if id != "" && !slices.ContainsFunc(channels, func(o slackfake.Channel) bool { return o.ID == id }) {
			channels = append(channels, slackfake.Channel{ID: id, Name: strings.ToLower(name), Members: everybody})
		}
	}
	for _, s := range c.Services {
		add(s.Channel, string(s.ID)+"-changes")
		add(s.Incidents, string(s.ID)+"-incidents")
	}
	add(c.Supplier.Channel, "suppliers")
	for _, p := range c.Escalations {
		for n, l := range p.Levels {
			for _, t := range l.Targets {
				add(t.Channel, fmt.Sprintf("%s-level-%d", p.ID, n+1))
			}
		}
	}
	return channels
}
