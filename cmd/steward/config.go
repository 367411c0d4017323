package main

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"

	"github.com/steward-itsm/steward/itsm"
)

// Environment says how much is at stake.
type Environment string

// The environments. Production is the default: whoever forgets to say where they
// are gets the strict one.
const (
	Production  Environment = "production"
	Development Environment = "development"
)

// Config is every setting of Steward, read from the environment. Where Temporal
// is, go.temporal.io/sdk/contrib/envconfig reads from TEMPORAL_ADDRESS,
// TEMPORAL_NAMESPACE, TEMPORAL_API_KEY and TEMPORAL_TLS_….
type Config struct {
	Env      Environment `env:"STEWARD_ENV" envDefault:"production"`
	StateDir string      `env:"STEWARD_STATE_DIR"` // where `steward dev` keeps its data

	DatabaseURL Secret `env:"STEWARD_DATABASE_URL"`
	RedisURL    Secret `env:"STEWARD_REDIS_URL"`

	HTTPAddr       string   `env:"STEWARD_HTTP_ADDR" envDefault:"127.0.0.1:8080"`
	MetricsAddr    string   `env:"STEWARD_METRICS_ADDR"`    // where a worker shows /metrics and /livez; empty: nowhere
	PublicURL      string   `env:"STEWARD_PUBLIC_URL"`      // as people reach it; for links
	TemporalUIURL  string   `env:"STEWARD_TEMPORAL_UI_URL"` // for links; empty: none
	TrustedProxies []string `env:"STEWARD_TRUSTED_PROXIES"` // addresses or CIDRs; none: nobody speaks for another

	SlackAPIURL         string   `env:"STEWARD_SLACK_API_URL" envDefault:"https://slack.com/api/"`
	SlackBotToken       Secret   `env:"STEWARD_SLACK_BOT_TOKEN"`
	SlackSigningSecrets []Secret `env:"STEWARD_SLACK_SIGNING_SECRET"` // any of them is accepted
	SlackTeams          []string `env:"STEWARD_SLACK_TEAMS"`          // workspace ids that are ours; empty: the token's own

	GitHubAPIURL         string   `env:"STEWARD_GITHUB_API_URL" envDefault:"https://api.github.com/"`
	GitHubToken          Secret   `env:"STEWARD_GITHUB_TOKEN"`          // posts deployment statuses; empty: none
	GitHubWebhookSecrets []Secret `env:"STEWARD_GITHUB_WEBHOOK_SECRET"` // any of them is accepted; none: the hook is closed

	SMTPURL        Secret `env:"STEWARD_SMTP_URL"`        // the mail server that people are called by; empty: none are
	MailFrom       string `env:"STEWARD_MAIL_FROM"`       // in whose name; needed with a mail server
	WebhookSecrets Secret `env:"STEWARD_WEBHOOK_SECRETS"` // sign calls by webhook, each whsec_…, blanks between; empty: none are made

	ActKeys        []Key           `env:"STEWARD_ACT_KEYS"`        // one or two; the first signs
	EncryptionKeys []EncryptionKey `env:"STEWARD_ENCRYPTION_KEYS"` // the first encrypts, all decrypt; none: payloads are in the clear
	AuditKeyFile   string          `env:"STEWARD_AUDIT_KEY_FILE"`  // signs anchors; made on first use; not to be kept where anchors are
	AuditDirs      []string        `env:"STEWARD_AUDIT_DIRS"`      // where anchors are written, outside the database

	LogFormat string     `env:"STEWARD_LOG_FORMAT" envDefault:"json"` // json or text
	LogLevel  slog.Level `env:"STEWARD_LOG_LEVEL" envDefault:"info"`
}

// Program is what is about to run: it decides which settings are needed.
type Program string

// The programs.
const (
	Command Program = "command" // speaks to the database alone
	Serve   Program = "serve"   // the doors
	Worker  Program = "worker"  // the processes
)

// ConfigError is everything that is wrong with the settings.
type ConfigError []string

// Error gives a line for each fault.
func (e ConfigError) Error() string {
	return "the settings cannot be used:\n  " + strings.Join(e, "\n  ")
}

func (e *ConfigError) add(variable, format string, args ...any) {
	*e = append(*e, variable+" "+fmt.Sprintf(format, args...))
}

func (e ConfigError) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// LoadConfig reads the settings for a program from an environment, as os.Environ
// gives it, and names every fault at once.
func LoadConfig(environ []string, p Program) (Config, error) {
	c, read := ReadConfig(environ)
	var faults ConfigError
	for _, err := range []error{read, c.Check(p)} {
		if f, ok := errors.AsType[ConfigError](err); ok {
			faults = append(faults, f...)
		} else if err != nil {
			return c, err
		}
	}
	return c, unique(faults).orNil()
}

// ReadConfig reads what is set, and refuses what is misspelt. It leaves to Check
// what a program needs: `steward dev` fills the gaps in between.
func ReadConfig(environ []string) (Config, error) {
	var c Config
	vars := env.ToMap(environ)
	err := env.ParseWithOptions(&c, env.Options{Environment: vars})
	var faults ConfigError
	if all, ok := errors.AsType[env.AggregateError](err); ok {
		for _, e := range all.Errors {
			faults = append(faults, explain(e))
		}
	} else if err != nil {
		return c, fmt.Errorf("config: %w", err)
	}
	return c, append(faults, misspelt(vars)...).orNil()
}

// explain names the variable where the library names the field, and tells no value.
func explain(err error) string {
	bad, ok := errors.AsType[env.ParseError](err)
	if !ok {
		return err.Error()
	}
	f, _ := reflect.TypeFor[Config]().FieldByName(bad.Name)
	variable := f.Tag.Get("env")
	if f.Type == reflect.TypeFor[slog.Level]() {
		return variable + " must be debug, info, warn or error, such as info"
	}
	return variable + " " + bad.Err.Error()
}

// misspelt finds variables that were meant for Steward. Others that begin alike
// are let be: Kubernetes makes up STEWARD_PORT and the like from a service's name.
func misspelt(vars map[string]string) ConfigError {
	known := variables()
	var faults ConfigError
	for name := range vars {
		rest, ours := strings.CutPrefix(name, "STEWARD_")
		if !ours || known[rest] {
			continue
		}
		var words []string
		for k := range known {
			words = append(words, strings.ToLower(k))
		}
		if like := itsm.Nearest(rest, words); like != "" {
			faults.add(name, "is no setting; did you mean STEWARD_%s?", strings.ToUpper(like))
		}
	}
	return faults
}

// variables lists the settings, without their prefix.
func variables() map[string]bool {
	names := map[string]bool{}
	for f := range reflect.TypeFor[Config]().Fields() {
		names[strings.TrimPrefix(f.Tag.Get("env"), "STEWARD_")] = true
	}
	return names
}

func unique(faults ConfigError) ConfigError {
	var once ConfigError
	seen := map[string]bool{}
	for _, f := range faults {
		variable, _, _ := strings.Cut(f, " ")
		if !seen[variable] {
			once = append(once, f)
		}
		seen[variable] = true
	}
	return once
}
