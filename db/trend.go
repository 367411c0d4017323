package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steward-itsm/steward/db/rows"
	"github.com/steward-itsm/steward/itsm"
)

// week is what counts are held against; an hour lost or won in spring or autumn is not
// one of it.
const week = 7 * 24 * time.Hour

// Trends finds what stands out among the incidents that were raised within the policy's
// time before an instant, imported ones too, as itsm.TrendPolicy.Stands tells. The view
// trend_incidents says what is counted. Of trends whose incidents all are of a narrower
// one only that is found, and nothing that a problem is about which is not over.
func (s *Store) Trends(ctx context.Context, p itsm.TrendPolicy, at time.Time) ([]itsm.Trend, error) {
	until := at.Truncate(time.Microsecond)
	since := until.Add(-p.Within.Time)
	var counts []rows.TrendCountsRow
	err := s.transact(ctx, "trends", func(q *rows.Queries) (err error) {
		if err = q.TakeTime(ctx); err != nil { // it reads the incidents of months, and nobody waits for it
			return err
		}
		counts, err = q.TrendCounts(ctx, rows.TrendCountsParams{
			Since: since, Earliest: since.Add(-itsm.Weeks * week), Until: until,
			Least: small(max(p.Count, 1)), Reopened: small(max(p.Reopened, 1)), Hits: small(max(p.Hits, 1)),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	var standing []itsm.Trend
	for _, row := range counts {
		if t, stands := p.Stands(trendCountOf(row)); stands {
			standing = append(standing, t)
		}
	}
	found := itsm.Narrowest(standing)
	ids := make([]string, 0, len(found))
	for _, t := range found {
		ids = append(ids, t.ID)
	}
	open, err := s.rows.OpenTrends(ctx, ids)
	if err != nil {
		return nil, refusal("trends", err)
	}
	return slices.DeleteFunc(found, func(t itsm.Trend) bool { return slices.Contains(open, t.ID) }), nil
}

func trendCountOf(r rows.TrendCountsRow) itsm.TrendCount {
	c := itsm.TrendCount{
		Finding: itsm.Finding(r.Finding), Service: itsm.ServiceID(r.Service), Value: r.Value, Count: int(r.Count), Raised: r.Raised,
		Impact: itsm.Degrees[r.Impact-1], Urgency: itsm.Degrees[r.Urgency-1],
	}
	for k, n := range r.Weeks {
		c.Before[k] = int(n)
	}
	for _, n := range r.Incidents {
		c.Incidents = append(c.Incidents, itsm.Number(n))
	}
	return c
}

// TrendAudit is the question that a trend's count answers, in SQL: an auditor who puts
// it to the database, as psql does, is told every incident that was counted, the newest
// first, also when there are more than the trend names. What was linked to a problem
// after the count is counted still; what was found to be a duplicate, or was reopened,
// since then is as it is now.
func TrendAudit(t itsm.Trend, within time.Duration, at time.Time) string {
	until := at.UTC().Truncate(time.Microsecond)
	who := "service = " + quoted(string(t.Service)) + " AND value = " + quoted(t.Value)
	if t.Finding == itsm.SimilarItem {
		who = "value = " + quoted(t.Value)
	}
	return fmt.Sprintf(`SELECT number, raised_at FROM trend_incidents
WHERE finding = %s AND %s
  AND at >= %s::timestamptz AND at < %[4]s::timestamptz
  AND (linked_at IS NULL OR linked_at >= %[4]s::timestamptz)
ORDER BY raised_at DESC, ordinal DESC;`,
		quoted(string(t.Finding)), who, quoted(until.Add(-within).Format(time.RFC3339Nano)), quoted(until.Format(time.RFC3339Nano)))
}

// quoted is a text as SQL writes it, in which a backslash is one.
func quoted(text string) string { return "'" + strings.ReplaceAll(keepable(text), "'", "''") + "'" }

// KeepTrends keeps what a search found at an instant, so that it is proposed. The same
// search again changes nothing.
func (s *Store) KeepTrends(ctx context.Context, at time.Time, found []itsm.Trend) error {
	p := rows.KeepTrendsParams{At: at.Truncate(time.Microsecond), Ids: []string{}, Findings: [][]byte{}}
	for _, t := range found {
		finding, err := json.Marshal(t)
		if err != nil {
			return fmt.Errorf("keep trends: %w", err)
		}
		p.Ids, p.Findings = append(p.Ids, t.ID), append(p.Findings, finding)
	}
	return refusal("keep trends", s.rows.KeepTrends(ctx, p))
}
