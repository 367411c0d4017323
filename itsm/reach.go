package itsm

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxWebhook is how long a webhook's address may be, in characters: longer ones are
// cut somewhere on the way.
const maxWebhook = 2000

// Way is a way to reach one person.
type Way string

// The ways to reach a person.
const (
	WaySlack   Way = "slack"   // a direct message
	WayEmail   Way = "email"   // a mail to their address
	WayWebhook Way = "webhook" // a signed request to their webhook: a pager, a phone gateway
)

// Ways is every Way.
var Ways = []Way{WaySlack, WayEmail, WayWebhook}

// WaysToReach lists how a person is to be reached, in the order in which that is
// tried: as the catalog says, else by Slack, then by e-mail. What it lists may lack
// its address: who sends finds that out, and says so.
func (p Person) WaysToReach() []Way {
	if len(p.Reach) == 0 {
		return []Way{WaySlack, WayEmail}
	}
	return append([]Way{}, p.Reach...)
}

// Address is where a way leads to a person: their Slack user id, e-mail address or
// webhook. It is empty when they have none.
func (p Person) Address(w Way) string {
	switch w {
	case WaySlack:
		return p.Slack
	case WayEmail:
		return p.Email
	case WayWebhook:
		return p.Webhook
	}
	return ""
}

// ways checks how a person is to be reached.
func (k *catalogCheck) ways(at string, p Person) {
	named := seen{}
	for i, w := range p.Reach {
		way := fmt.Sprintf("%s/reach/%d", at, i)
		if !oneOf(&k.faults, way, w, Ways) {
			continue
		}
		k.once(way, string(w), named)
		if p.Address(w) == "" && w != WayEmail { // an e-mail address is needed in any case
			k.add(at+"/"+string(w), "is needed, because reach names %s", w)
		}
	}
	if p.Webhook == "" {
		return
	}
	if _, fault := ParseWebhook(p.Webhook); fault != "" {
		k.add(at+"/webhook", "%s", fault)
	}
}

// ParseWebhook reads the address of a webhook: https, or http where it leads to the
// machine itself. The fault, to be read behind the name of its field, is empty when
// there is none; it never repeats the address, which often holds a secret.
func ParseWebhook(text string) (u *url.URL, fault string) {
	odd := func(r rune) bool { return r <= ' ' || r > '~' }
	u, err := url.Parse(text)
	if err == nil && u.Port() != "" {
		_, err = strconv.ParseUint(u.Port(), 10, 16)
	}
	switch {
	case len(text) > maxWebhook:
		return nil, fmt.Sprintf("has %d characters; %d is the most", len(text), maxWebhook)
	case err != nil || u.Hostname() == "" || strings.ContainsFunc(text, odd) || strings.Contains(text, "#"):
		return nil, "is not the address of a webhook, such as https://pager.example.com/hook"
	case u.User != nil:
		return nil, "has a user name in it; remove it: a receiver knows Steward by the signature"
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, "must begin with https://, so that nobody reads along; http:// is only for localhost"
	}
	return u, ""
}

// loopback reports whether a host is the machine itself.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || (err == nil && ip.Unmap().IsLoopback())
}
