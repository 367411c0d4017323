package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/steward-itsm/steward/db"
	"github.com/steward-itsm/steward/desk/token"
	"github.com/steward-itsm/steward/itsm"
)

func newIntakeCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "intake",
		Short: "Keys for what sends alerts: create, list, rotate and revoke them",
		Long: `An intake is a sender of alerts, known by a key in the address that it sends to. Each
is bound to the services that its alerts may be of, and to a rate.

Example, for Alertmanager:

  KEY=$(steward intake create --name prometheus --kind alertmanager --service payments)
  # alertmanager.yml: webhook_configs: [{url: https://itsm.example.com/v1/hooks/alertmanager/KEY}]

Example, for whatever speaks PagerDuty's Events API v2:

  steward intake create --name grafana --kind events --service website
  # post events to https://itsm.example.com/v1/hooks/events/KEY`,
	}, newIntakeCreateCommand(), newIntakeListCommand(), newIntakeRotateCommand(), newIntakeRevokeCommand())
}

// intakeKinds are the senders that there are.
var intakeKinds = []string{"alertmanager", "events"}

const defaultIntakeRate = 600

func newIntakeCreateCommand() *cobra.Command {
	var k db.IntakeKey
	var services []string
	var by string
	cmd := &cobra.Command{
		Use:   "create --name NAME --service ID",
		Short: "Make a key and show it, once",
		Long: `Make a key and show it, once, on standard output; everything else is said on
standard error. What its alerts are of, the alert rules of the catalog say; where none
fits, they are of the first service that is named here.

Example:

  steward intake create --name prometheus --kind alertmanager --service payments --service website

Exit codes: 0 done, 1 no such service, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkIntake(&k, services); err != nil {
				return err
			}
			who, err := operator(by)
			if err != nil {
				return err
			}
			return makeIntake(cmd, k, who)
		},
	}
	f := cmd.Flags()
	f.StringVar(&k.Name, "name", "", "what sends with it; its alerts show it (needed)")
	f.StringVar(&k.Kind, "kind", "", "alertmanager or events (default: either)")
	f.StringSliceVar(&services, "service", nil, "what its alerts may be of: an id of the catalog; the first is for what no rule fits (needed)")
	f.IntVar(&k.RatePerMinute, "rate", defaultIntakeRate, "deliveries that it may send in a minute")
	f.StringVar(&by, "author", "", "who makes it, for the audit (default: your login)")
	return cmd
}

// makeIntake draws a key, keeps what verifies it and shows it.
func makeIntake(cmd *cobra.Command, k db.IntakeKey, who string) error {
	drawn, text, err := token.NewIntake(rand.Reader)
	if err != nil {
		return err
	}
	k.ID, k.SecretSHA256 = drawn.ID, token.Hash(drawn.Secret)
	if err := withStore(cmd, func(ctx context.Context, s *db.Store) error { return createIntake(ctx, s, k, who) }); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Intake %s (%s) may send alerts of %s. Its key is shown this once: keep it as you would a password.\n",
		k.ID, k.Name, serviceList(k.Services))
	_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
	return err
}

func checkIntake(k *db.IntakeKey, services []string) error {
	switch {
	case strings.TrimSpace(k.Name) == "":
		return usageError("say what sends with it: --name prometheus")
	case len(services) == 0:
		return usageError("say what its alerts may be of: --service payments")
	case k.Kind != "" && k.Kind != intakeKinds[0] && k.Kind != intakeKinds[1]:
		return usageError(fmt.Sprintf("--kind is %s, not %q", strings.Join(intakeKinds, " or "), k.Kind))
	case k.RatePerMinute < 1:
		return usageError("--rate is a number of deliveries in a minute, such as 600")
	}
	for _, s := range services {
		k.Services = append(k.Services, itsm.ServiceID(s))
	}
	return plainLine("--name", k.Name)
}

func createIntake(ctx context.Context, s *db.Store, k db.IntakeKey, by string) error {
	c, _, err := s.Catalog(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(c.Services))
	for i, service := range c.Services {
		ids[i] = string(service.ID)
	}
	for _, id := range k.Services {
		if _, known := c.Service(id); !known {
			return itsm.Refuse(itsm.NotFound, "intake.service_unknown", "No service in the catalog is called %s%s", id, orStop(itsm.DidYouMean(string(id), ids)))
		}
	}
	return s.CreateIntakeKey(ctx, k, by)
}

// orStop ends a sentence that has no better end.
func orStop(hint string) string {
	if hint == "" {
		return "."
	}
	return hint
}

// intakeLine is one key in a list. It holds nothing secret.
type intakeLine struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Kind      string           `json:"kind"`
	Services  []itsm.ServiceID `json:"services"`
	Rate      int              `json:"rate_per_minute"`
	Standing  string           `json:"standing"` // live, rotating or revoked
	CreatedAt string           `json:"created_at"`
	CreatedBy string           `json:"created_by"`
}

func newIntakeListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every key, newest first; secrets are not kept",
		Long: `List every key, newest first, live or not. One that is rotating has two secrets, and
both hold.

Example:

  steward intake list

Exit codes: 0 done, 2 usage, 3 no answer.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				keys, err := s.IntakeKeys(ctx)
				if err != nil {
					return err
				}
				lines, rows := []intakeLine{}, [][]string{}
				for _, k := range keys {
					l := intakeLineOf(k)
					lines = append(lines, l)
					rows = append(rows, []string{l.ID, l.Name, l.Kind, l.Standing, serviceList(l.Services), strconv.Itoa(l.Rate), l.CreatedBy})
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), lines)
				}
				return writeTable(cmd.OutOrStdout(), []string{"ID", "NAME", "KIND", "STANDING", "SERVICES", "RATE", "BY"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return cmd
}

func intakeLineOf(k db.IntakeKey) intakeLine {
	l := intakeLine{
		ID: k.ID, Name: k.Name, Kind: k.Kind, Services: k.Services, Rate: k.RatePerMinute, Standing: "live",
		CreatedAt: k.CreatedAt.UTC().Format(time.RFC3339), CreatedBy: k.CreatedBy,
	}
	switch {
	case k.RevokedAt != nil:
		l.Standing = "revoked"
	case k.OldSecretSHA256 != nil:
		l.Standing = "rotating"
	}
	return l
}

func serviceList(ids []itsm.ServiceID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, ",")
}

func newIntakeRotateCommand() *cobra.Command {
	var by string
	var drop bool
	cmd := &cobra.Command{
		Use:   "rotate ID",
		Short: "Give a key another secret; the old one holds until it is dropped",
		Long: `Give a key another secret and show it, once. The one that it had holds on, so that no
alert is lost while the sender is set up anew; then drop it.

Example:

  steward intake rotate 3vK9tQ0aLm2Z          # prints the new key
  steward intake rotate 3vK9tQ0aLm2Z --drop   # once the sender uses it

Exit codes: 0 done, 1 no such key or it has two secrets already, 2 usage, 3 no answer.`,
		Args: oneArg("id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := operator(by)
			if err != nil {
				return err
			}
			id := intakeID(args[0])
			if drop {
				return withStore(cmd, func(ctx context.Context, s *db.Store) error {
					if err := s.DropIntakeSecret(ctx, id, who); err != nil {
						return err
					}
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "Intake %s has one secret: the newest.\n", id)
					return err
				})
			}
			return rotateIntake(cmd, id, who)
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "who does it, for the audit (default: your login)")
	cmd.Flags().BoolVar(&drop, "drop", false, "end the old secret instead")
	return cmd
}

func rotateIntake(cmd *cobra.Command, id, by string) error {
	drawn, _, err := token.NewIntake(rand.Reader)
	if err != nil {
		return err
	}
	text := token.IntakeText(id, drawn.Secret)
	err = withStore(cmd, func(ctx context.Context, s *db.Store) error {
		return s.RotateIntakeKey(ctx, id, token.Hash(drawn.Secret), by)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Intake %s has another secret. The old one holds until: steward intake rotate %s --drop\n", id, id)
	_, err = fmt.Fprintln(cmd.OutOrStdout(), text)
	return err
}

// intakeID is the id of a key, which somebody may have pasted whole.
func intakeID(text string) string {
	if id, _, err := token.ParseIntake(text); err == nil {
		return id
	}
	return text
}

func newIntakeRevokeCommand() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End a key at once",
		Long: `End a key at once, with all its secrets. What was taken under it stays. To revoke it
again changes nothing.

Example:

  steward intake revoke 3vK9tQ0aLm2Z

Exit codes: 0 done, 1 no such key, 2 usage, 3 no answer.`,
		Args: oneArg("id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := operator(by)
			if err != nil {
				return err
			}
			id := intakeID(args[0])
			return withStore(cmd, func(ctx context.Context, s *db.Store) error {
				if err := s.RevokeIntakeKey(ctx, id, who); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "Intake %s no longer works.\n", id)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "who revokes it, for the audit (default: your login)")
	return cmd
}
