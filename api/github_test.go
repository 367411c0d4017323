package api

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/itsm"
)

const (
	delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	sha      = "0123456789abcdef0123456789abcdef01234567"
)

// deploymentJSON is written by hand after GitHub's documentation of the event.
var deploymentJSON = read("testdata/github/deployment.json")

func read(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func sign(body, secret string) string {
	sum := hmac.New(sha256.New, []byte(secret))
	sum.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(sum.Sum(nil))
}

func withHook(r *http.Request, body, secret string, headers ...string) *http.Request {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, secret),
		"X-GitHub-Event": "deployment", "X-GitHub-Delivery": delivery, "X-Correlation-Id": "test-correlation",
	} {
		r.Header.Set(name, value)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if r.Header.Del(headers[i]); headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	return r
}

var octoDeployment = itsm.Deployment{Repository: "octo-org/payments", ID: 42, Environment: "production", Ref: "main", SHA: sha}

func TestADeploymentRaisesAChange(t *testing.T) {
	form := url.Values{"payload": {deploymentJSON}}.Encode()
	for name, r := range map[string]*http.Request{
		"as JSON":               hook(deploymentJSON, liveSecret),
		"signed with the other": hook(deploymentJSON, otherSecret),
		"as a form":             hook(form, liveSecret, "Content-Type", "application/x-www-form-urlencoded"),
	} {
		t.Run(name, func(t *testing.T) {
			b := stand(t)
			w := b.do(r)
			require.Equal(t, http.StatusAccepted, w.Code, w.Body)
			require.JSONEq(t, `{"number":"CHG-42","state":"awaiting_approval"}`, w.Body.String())
			require.Equal(t, []string{"deployment octocat"}, b.calls)
			require.Equal(t, octoDeployment, b.body)
			require.Equal(t, "192.0.2.1", b.who.Source)
		})
	}
}

func TestWhatAsksForNothingIsSaidToBeIgnored(t *testing.T) {
	for _, tc := range []struct {
		event, body string
		status      int
	}{
		{"ping", `{"zen":"Keep it logically awesome."}`, http.StatusOK},
		{"deployment_status", `{"action":"created"}`, http.StatusAccepted},
		{"deployment", `{"action":"deleted","deployment":{"id":1}}`, http.StatusAccepted},
		{"push", `{}`, http.StatusAccepted},
	} {
		b := stand(t)
		w := b.do(hook(tc.body, liveSecret, "X-GitHub-Event", tc.event))
		require.Equal(t, tc.status, w.Code, tc.event)
		require.JSONEq(t, `{"ignored":true}`, w.Body.String())
		require.Empty(t, b.calls)
	}
}

func TestOnlyALiveSecretSigns(t *testing.T) {
	good := sign(deploymentJSON, liveSecret)
	for name, signature := range map[string]string{
		"none":              "",
		"of another body":   sign(deploymentJSON+" ", liveSecret),
		"of another secret": sign(deploymentJSON, "a secret of somebody else"),
		"of no secret":      sign(deploymentJSON, ""),
		"one digit off":     good[:len(good)-1] + map[bool]string{true: "0", false: "1"}[good[len(good)-1] != '0'],
		"cut":               good[:len(good)-2],
		"longer":            good + "00",
		"SHA-1":             "sha1=" + good[len("sha256="):],
		"bare":              good[len("sha256="):],
		"not hex":           "sha256=" + strings.Repeat("zz", 32),
		"empty digits":      "sha256=",
		"two in one":        good + "," + good,
	} {
		t.Run(name, func(t *testing.T) {
			b := stand(t)
			p := problemOf(t, b.do(hook(deploymentJSON, liveSecret, "X-Hub-Signature-256", signature)))
			require.Equal(t, "hook.signature", p.Code)
			require.Equal(t, http.StatusUnauthorized, p.Status)
			require.Equal(t, []string{"receiveGitHubHook hook.signature"}, b.refused)
			require.Equal(t, itsm.DoorWebhook, b.who.Door)
			require.Empty(t, b.calls)
			require.NotContains(t, b.log.String(), good)
		})
	}
	t.Run("twice", func(t *testing.T) {
		r := hook(deploymentJSON, liveSecret)
		r.Header.Add("X-Hub-Signature-256", good)
		require.Equal(t, "hook.signature", problemOf(t, stand(t).do(r)).Code)
	})
}

func TestWithoutASecretThereAreNoHooks(t *testing.T) {
	b := stand(t, func(c *Config) { c.GitHubSecrets = nil })
	p := problemOf(t, b.do(hook(deploymentJSON, "")))
	require.Equal(t, "hook.off", p.Code)
	require.Empty(t, b.calls)
}

func TestAPayloadInTheAddressIsNotRead(t *testing.T) {
	b := stand(t)
	r := hook("", liveSecret, "Content-Type", "application/x-www-form-urlencoded")
	r.URL.RawQuery = url.Values{"payload": {deploymentJSON}}.Encode()
	require.Equal(t, http.StatusBadRequest, b.do(r).Code)
	require.Empty(t, b.calls)
}

func TestADeploymentIsHeldToItsBounds(t *testing.T) {
	for pointer, change := range map[string][2]string{
		"/repository/full_name":   {`"octo-org/payments"`, `"no repository"`},
		"/deployment/id":          {`"id": 42`, `"id": -1`},
		"/deployment/environment": {`"production"`, `""`},
		"/deployment/ref":         {`"main"`, `"` + strings.Repeat("r", 256) + `"`},
		"/deployment/sha":         {sha, "HEAD"},
		"/sender/login":           {`"octocat", "id": 1, "type"`, `"octo\ncat", "id": 1, "type"`},
	} {
		t.Run(pointer, func(t *testing.T) {
			b, body := stand(t), strings.Replace(deploymentJSON, change[0], change[1], 1)
			require.NotEqual(t, deploymentJSON, body)
			p := problemOf(t, b.do(hook(body, liveSecret)))
			require.Equal(t, "hook.payload", p.Code)
			require.Equal(t, http.StatusUnprocessableEntity, p.Status)
			require.Equal(t, pointer, (*p.Errors)[0].Pointer)
			require.Empty(t, b.calls)
		})
	}
}
