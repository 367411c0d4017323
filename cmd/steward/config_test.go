package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func keyBytes(salt byte) []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(i)*7 + salt
	}
	return b
}

func hexKeyOf(salt byte) string { return hex.EncodeToString(keyBytes(salt)) }

// inEarnest is the least that production runs with.
func inEarnest() map[string]string {
	return map[string]string{
		"STEWARD_DATABASE_URL":         "postgres://steward:pw@db.corp/steward",
		"STEWARD_REDIS_URL":            "redis://cache.corp:6379/0",
		"STEWARD_PUBLIC_URL":           "https://steward.corp/",
		"STEWARD_SLACK_BOT_TOKEN":      "xoxb-1234-abcdefghij",
		"STEWARD_SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5",
		"STEWARD_SLACK_TEAMS":          "T0123ABCD",
		"STEWARD_ACT_KEYS":             hexKeyOf(1),
		"STEWARD_ENCRYPTION_KEYS":      "2026a:" + hexKeyOf(2),
		"STEWARD_AUDIT_DIRS":           "/var/lib/steward/anchors",
		"STEWARD_AUDIT_KEY_FILE":       "/etc/steward/anchor.key",
	}
}

func environ(vars map[string]string) []string {
	var list []string
	for k, v := range vars {
		list = append(list, k+"="+v)
	}
	return list
}

func with(vars map[string]string, name, value string) []string {
	vars[name] = value
	return environ(vars)
}

func TestProductionStartsOnTheLeast(t *testing.T) {
	for _, p := range []Program{Command, Serve, Worker} {
		c, err := LoadConfig(environ(inEarnest()), p)
		require.NoError(t, err)
		require.Equal(t, Production, c.Env, "whoever says nothing is in production")
		require.Equal(t, "127.0.0.1:8080", c.HTTPAddr)
		require.Equal(t, "https://api.github.com/", c.GitHubAPIURL)
		require.Equal(t, keyBytes(1), c.ActKeys[0].Reveal())
		require.Equal(t, "2026a", c.EncryptionKeys[0].ID)
		require.Equal(t, slog.LevelInfo, c.LogLevel)
	}
}

func TestKeysAreHexOrBase64(t *testing.T) {
	raw := keyBytes(0xf0)
	for _, text := range []string{
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw),
		base64.RawURLEncoding.EncodeToString(raw),
	} {
		var k Key
		require.NoError(t, k.UnmarshalText([]byte(text)), text)
		require.Equal(t, raw, k.Reveal())
	}
	for _, text := range []string{"", "secret", hexKeyOf(1)[:62], strings.Repeat("0", 64), strings.Repeat("ab", 32), strings.Repeat("!", 64)} {
		var k Key
		require.ErrorIs(t, k.UnmarshalText([]byte(text)), errKey, text)
	}
}

func TestRotationKeepsTwoAlive(t *testing.T) {
	vars := inEarnest()
	vars["STEWARD_ACT_KEYS"] = hexKeyOf(3) + ", " + hexKeyOf(1)
	vars["STEWARD_SLACK_SIGNING_SECRET"] = "new-9a8b7c6d5e4f3a2b1c0d,old-0d1c2b3a4f5e6d7c8b9a"
	c, err := LoadConfig(environ(vars), Serve)
	require.NoError(t, err)
	require.Equal(t, keyBytes(3), c.ActKeys[0].Reveal(), "the first signs")
	require.Equal(t, "old-0d1c2b3a4f5e6d7c8b9a", c.SlackSigningSecrets[1].Reveal())
}

func TestWhatProductionRefuses(t *testing.T) {
	rows := []struct{ name, variable, value, want string }{
		{"no database", "STEWARD_DATABASE_URL", "", "is needed, such as postgres://"},
		{"another database", "STEWARD_DATABASE_URL", "mysql://x", "is not a PostgreSQL address"},
		{"no act key", "STEWARD_ACT_KEYS", "", "is needed: a key to sign"},
		{"a short act key", "STEWARD_ACT_KEYS", "abcd", "at least 32 random bytes"},
		{"a monotonous act key", "STEWARD_ACT_KEYS", strings.Repeat("00", 32), "at least 32 random bytes"},
		{"three act keys", "STEWARD_ACT_KEYS", hexKeyOf(1) + "," + hexKeyOf(2) + "," + hexKeyOf(3), "holds 3 keys"},
		{"the same act key twice", "STEWARD_ACT_KEYS", hexKeyOf(1) + "," + hexKeyOf(1), "the same key twice"},
		{"no encryption", "STEWARD_ENCRYPTION_KEYS", "", "is needed in production"},
		{"a key without a name", "STEWARD_ENCRYPTION_KEYS", hexKeyOf(1), "must be id:key"},
		{"a key too long", "STEWARD_ENCRYPTION_KEYS", "a:" + hexKeyOf(1) + "00", "exactly 32 bytes"},
		{"two keys of a name", "STEWARD_ENCRYPTION_KEYS", "a:" + hexKeyOf(1) + ",a:" + hexKeyOf(2), "two keys called a"},
		{"no bot token", "STEWARD_SLACK_BOT_TOKEN", "", "begins with xoxb-"},
		{"the manual's bot token", "STEWARD_SLACK_BOT_TOKEN", "xoxb-your-token", "is needed in production"},
		{"no signing secret", "STEWARD_SLACK_SIGNING_SECRET", "", "is needed in production"},
		{"half a signing secret", "STEWARD_SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5,", "empty part"},
		{"a short signing secret", "STEWARD_SLACK_SIGNING_SECRET", "8f742231b10e", "can be guessed"},
		{"a famous signing secret", "STEWARD_SLACK_SIGNING_SECRET", "changeme-changeme-changeme", "can be guessed"},
		{"a famous hook secret", "STEWARD_GITHUB_WEBHOOK_SECRET", "secret-secret-secret-secret", "can be guessed"},
		{"no team", "STEWARD_SLACK_TEAMS", "", "is needed in production"},
		{"a team's name", "STEWARD_SLACK_TEAMS", "acme", "must be workspace ids"},
		{"no public address", "STEWARD_PUBLIC_URL", "", "must be https"},
		{"an open public address", "STEWARD_PUBLIC_URL", "http://steward.corp/", "must be https"},
		{"no place for anchors", "STEWARD_AUDIT_DIRS", "", "is needed in production"},
		{"a loose place for anchors", "STEWARD_AUDIT_DIRS", "anchors", "must be whole paths"},
		{"no key for anchors", "STEWARD_AUDIT_KEY_FILE", "", "is needed to sign anchors"},
		{"a key beside what it signs", "STEWARD_AUDIT_KEY_FILE", "/var/lib/steward/anchors/anchor.key", "keep it elsewhere"},
		{"a loose key for anchors", "STEWARD_AUDIT_KEY_FILE", "anchor.key", "must be a whole path"},
		{"a third environment", "STEWARD_ENV", "staging", "must be production or development"},
		{"a port alone", "STEWARD_HTTP_ADDR", "8080", "must be an address and a port"},
		{"a wild port", "STEWARD_HTTP_ADDR", ":99999", "must be an address and a port"},
		{"a proxy by name", "STEWARD_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "must be addresses or ranges"},
		{"a Redis over HTTP", "STEWARD_REDIS_URL", "http://cache", "such as redis://"},
		{"a bare UI", "STEWARD_TEMPORAL_UI_URL", "temporal:8233", "is not an address"},
		{"a log format", "STEWARD_LOG_FORMAT", "xml", "must be json or text"},
		{"a log level", "STEWARD_LOG_LEVEL", "loud", "must be debug, info, warn or error"},
		{"a slip of the pen", "STEWARD_SLACK_BOT_TOKN", "x", "did you mean STEWARD_SLACK_BOT_TOKEN?"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := LoadConfig(with(inEarnest(), row.variable, row.value), Serve)
			var faults ConfigError
			require.ErrorAs(t, err, &faults)
			require.Len(t, faults, 1, "%v", faults)
			require.True(t, strings.HasPrefix(faults[0], row.variable+" "), "%s", faults[0])
			require.Contains(t, faults[0], row.want)
		})
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	_, err := LoadConfig([]string{"STEWARD_ACT_KEYS=x", "STEWARD_LOG_LEVEL=loud", "STEWARD_HTTP_ADDR=x"}, Serve)
	var faults ConfigError
	require.ErrorAs(t, err, &faults)
	var names []string
	for _, f := range faults {
		names = append(names, strings.Fields(f)[0])
	}
	require.ElementsMatch(t, []string{
		"STEWARD_ACT_KEYS", "STEWARD_LOG_LEVEL", "STEWARD_HTTP_ADDR", "STEWARD_DATABASE_URL", "STEWARD_REDIS_URL", "STEWARD_ENCRYPTION_KEYS",
		"STEWARD_SLACK_BOT_TOKEN", "STEWARD_SLACK_TEAMS", "STEWARD_PUBLIC_URL", "STEWARD_AUDIT_DIRS", "STEWARD_SLACK_SIGNING_SECRET",
	}, names)
}

func TestDevelopmentIsEasyAndACommandNeedsOnlyTheDatabase(t *testing.T) {
	_, err := LoadConfig([]string{
		"STEWARD_ENV=development", "STEWARD_DATABASE_URL=postgres:///steward?host=/tmp", "STEWARD_ACT_KEYS=" + hexKeyOf(1),
		"STEWARD_SLACK_SIGNING_SECRET=dev", "STEWARD_SLACK_API_URL=http://127.0.0.1:8090/api/", "STEWARD_REDIS_URL=unix:///tmp/redis.sock",
	}, Serve)
	require.NoError(t, err)
	_, err = LoadConfig([]string{"STEWARD_DATABASE_URL=host=/tmp dbname=steward"}, Command)
	require.NoError(t, err)
}

func TestWhatKubernetesMakesUpIsLetBe(t *testing.T) {
	vars := inEarnest()
	vars["STEWARD_SERVICE_HOST"], vars["STEWARD_PORT_8080_TCP_ADDR"], vars["STEWARD_PORT"] = "10.0.0.1", "10.0.0.1", "tcp://10.0.0.1:8080"
	_, err := LoadConfig(environ(vars), Serve)
	require.NoError(t, err)
}

// Every secret is planted, then looked for wherever settings could be written.
func TestSecretsAreNeverShown(t *testing.T) {
	canary := hexKeyOf(0x51)
	vars := inEarnest()
	for f := range reflect.TypeFor[Config]().Fields() {
		switch f.Type {
		case reflect.TypeFor[Secret](), reflect.TypeFor[[]Secret](), reflect.TypeFor[[]Key]():
			vars[f.Tag.Get("env")] = canary
		case reflect.TypeFor[[]EncryptionKey]():
			vars[f.Tag.Get("env")] = "k1:" + canary
		}
	}
	c, err := ReadConfig(environ(vars))
	require.NoError(t, err)
	require.Equal(t, canary, c.SlackBotToken.Reveal(), "the control: it was planted")

	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&shown, verb+"\n", c)
		fmt.Fprintf(&shown, verb+"\n", []any{c.SlackBotToken, c.ActKeys, c.EncryptionKeys, &c.DatabaseURL})
	}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	shown.Write(text)
	for _, h := range []slog.Handler{slog.NewJSONHandler(&shown, nil), slog.NewTextHandler(&shown, nil)} {
		slog.New(h).Info("settings", "config", c, "token", c.SlackBotToken, "key", c.ActKeys[0], "encryption", c.EncryptionKeys[0])
	}
	_, err = LoadConfig(environ(vars), Serve)
	require.Error(t, err, "the canary is no address")
	fmt.Fprint(&shown, err)

	require.Contains(t, shown.String(), "k1:"+redacted)
	for _, leak := range []string{canary, strings.ToUpper(canary), hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString(keyBytes(0x51)), "88 95 102 109" /* the key's bytes, in decimal */} {
		require.NotContains(t, shown.String(), leak)
	}
}

func TestAFaultTellsNoSecret(t *testing.T) {
	const secret = "hunter2hunter2"
	for f := range reflect.TypeFor[Config]().Fields() {
		if !strings.Contains(f.Type.String(), "Secret") && !strings.Contains(f.Type.String(), "Key") {
			continue
		}
		for _, p := range []Program{Serve, Worker} {
			for _, value := range []string{secret, "postgres://u:" + secret + "@[bad", secret + "," + secret + ",", "a:" + secret} {
				_, err := LoadConfig(with(inEarnest(), f.Tag.Get("env"), value), p)
				if err != nil {
					require.NotContains(t, err.Error(), secret)
				}
			}
		}
	}
}
