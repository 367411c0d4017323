package api

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/go-github/v84/github"

	"github.com/steward-itsm/steward/desk"
	"github.com/steward-itsm/steward/itsm"
)

var (
	hookEvent    = regexp.MustCompile(`^[a-z_]{1,64}$`)
	hookDelivery = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)
	repository   = regexp.MustCompile(`^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$`)
	commit       = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
)

// gitHub handles POST /v1/hooks/github. Nothing of the request is parsed before
// its signature was found good.
func (d *door) gitHub(c *gin.Context) {
	who := desk.Caller{Actor: itsm.Actor{Door: itsm.DoorWebhook}, Source: c.ClientIP()}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), callerKey{}, who))
	payload, err := d.hookPayload(c.Request)
	if err != nil {
		d.refuseHere(c, err)
		return
	}
	switch c.GetHeader("X-GitHub-Event") {
	case "ping":
		c.JSON(http.StatusOK, HookAnswer{Ignored: true})
	case "deployment":
		d.deployment(c, who, payload)
	default:
		c.JSON(http.StatusAccepted, HookAnswer{Ignored: true})
	}
}

// deployment raises the change that a deployment asks for.
func (d *door) deployment(c *gin.Context, who desk.Caller, payload []byte) {
	in, sender, created, err := readDeployment(payload)
	if err != nil {
		d.refuseHere(c, err)
		return
	}
	if !created {
		c.JSON(http.StatusAccepted, HookAnswer{Ignored: true})
		return
	}
	r, err := d.desk.RaiseForDeployment(c.Request.Context(), in, sender, who.Source)
	if err != nil {
		d.refuse(c, err)
		return
	}
	c.JSON(http.StatusAccepted, HookAnswer{Number: r.Number, State: itsm.ChangeState(r.State)})
}

// signed refuses a body that nobody with a live secret has signed. Every secret
// is tried, so that time tells nothing about which one was right.
func (d *door) signed(raw []byte, signatures []string) error {
	if len(d.GitHubSecrets) == 0 {
		return itsm.Refuse(itsm.NotFound, "hook.off", "GitHub's hooks are not set up here: Steward has no secret to check them with.")
	}
	var sent []byte
	if len(signatures) == 1 && len(signatures[0]) == len("sha256=")+2*sha256.Size {
		if digits, ok := strings.CutPrefix(signatures[0], "sha256="); ok {
			sent, _ = hex.DecodeString(digits) // what is not hex equals no sum
		}
	}
	good := false
	for _, secret := range d.GitHubSecrets {
		sum := hmac.New(sha256.New, []byte(secret))
		sum.Write(raw)
		good = hmac.Equal(sum.Sum(nil), sent) || good
	}
	if !good {
		return itsm.Refuse(itsm.Unauthenticated, "hook.signature", "The signature does not belong to this body under any secret that Steward knows.")
	}
	return nil
}

// hookPayload takes the JSON out of a signed body, sent as JSON or as GitHub's form.
func (d *door) hookPayload(r *http.Request) ([]byte, error) {
	raw, err := body(r)
	if err != nil {
		return nil, err
	}
	if err := d.signed(raw, r.Header.Values("X-Hub-Signature-256")); err != nil {
		return nil, err
	}
	if !hookEvent.MatchString(r.Header.Get("X-GitHub-Event")) || !hookDelivery.MatchString(r.Header.Get("X-GitHub-Delivery")) {
		return nil, itsm.Refuse(itsm.Invalid, "hook.headers", "X-GitHub-Event and X-GitHub-Delivery must be there, as GitHub sends them.")
	}
	if err := checkEncoding(r.Header); err != nil {
		return nil, err
	}
	switch kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case err == nil && kind == "application/json":
	case err == nil && kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(raw))
		if err != nil || len(form) != 1 || len(form["payload"]) != 1 {
			return nil, unparseable("The form must hold one field, payload.")
		}
		raw = []byte(form.Get("payload"))
	default:
		return nil, itsm.Refuse(itsm.Invalid, "request.media_type", "A hook is sent as application/json or application/x-www-form-urlencoded.")
	}
	if raw = bytes.TrimSpace(raw); !json.Valid(raw) || raw[0] != '{' {
		return nil, unparseable("The payload is not a JSON object.")
	}
	return raw, nil
}

// readDeployment reads a deployment event; created is false for one that tells
// of something else than a new deployment.
func readDeployment(payload []byte) (in itsm.Deployment, sender string, created bool, err error) {
	var act struct {
		Action string `json:"action"`
	}
	event, err := github.ParseWebHook("deployment", payload)
	e, ok := event.(*github.DeploymentEvent)
	if err != nil || !ok || json.Unmarshal(payload, &act) != nil {
		return in, "", false, itsm.Refuse(itsm.Invalid, "hook.payload", "The payload is not a deployment event as GitHub sends it.")
	}
	if act.Action != "created" {
		return in, "", false, nil
	}
	in = itsm.Deployment{
		Repository: e.GetRepo().GetFullName(), ID: e.GetDeployment().GetID(),
		Environment: e.GetDeployment().GetEnvironment(),
		Ref:         e.GetDeployment().GetRef(), SHA: e.GetDeployment().GetSHA(),
	}
	sender = e.GetSender().GetLogin()
	var f faults
	f.unless(repository.MatchString(in.Repository), "/repository/full_name", "must be owner/name")
	f.unless(in.ID > 0, "/deployment/id", "must be a number above zero")
	f.unless(short(in.Environment), "/deployment/environment", "must be one line of 1 to 255 characters")
	f.unless(short(in.Ref), "/deployment/ref", "must be one line of 1 to 255 characters")
	f.unless(commit.MatchString(in.SHA), "/deployment/sha", "must be a commit's hash")
	f.unless(short(sender), "/sender/login", "must be one line of 1 to 255 characters")
	return in, sender, true, f.refuse("hook.payload", "This deployment")
}
