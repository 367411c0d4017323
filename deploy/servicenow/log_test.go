package servicenow_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/deploy/servicenow"
	"github.com/steward-itsm/steward/itsm"
)

const head = "number,incident_state,sys_updated_at,impact,urgency\n"

// one is a whole life in two rows.
func one(number string) string {
	return number + ",Resolved,04-01-2021 10:00,2 - Medium,2 - Medium\n" + number + ",Closed,05-01-2021 10:00,2 - Medium,2 - Medium\n"
}

func read(t *testing.T, text string) *servicenow.Log {
	t.Helper()
	log, err := example(t).Read(strings.NewReader(text), later)
	require.NoError(t, err)
	return log
}

func numbers(l *servicenow.Log) (all []string) {
	for _, i := range l.Incidents {
		all = append(all, i.Number)
	}
	return all
}

func TestImportReadsWhatSpreadsheetsWrite(t *testing.T) {
	rows := map[string]string{
		"as it is":                   head + one("INC1"),
		"with a byte order mark":     "\ufeff" + head + one("INC1"),
		"with CRLF":                  strings.ReplaceAll(head+one("INC1"), "\n", "\r\n"),
		"without an end to its line": strings.TrimSuffix(head+one("INC1"), "\n"),
		"with blank lines":           head + "\n" + one("INC1") + "\n\r\n  \n",
		"with quotes": head + `"INC1","Resolved","04-01-2021 10:00","2 - Medium","2 - Medium"` + "\n" +
			`INC1,Closed,05-01-2021 10:00,2 - Medium,2 - Medium` + "\n",
		"with other spaces and another case": "Number, Incident_State ,SYS_UPDATED_AT,impact,urgency\n" +
			" INC1 ,resolved,04-01-2021 10:00,2 -  MEDIUM,2 - Medium\nINC1,CLOSED, 05-01-2021  10:00 ,2 - Medium,2 - Medium\n",
		"with ISO times":     head + strings.NewReplacer("04-01-2021 10:00", "2021-01-04 10:00:00", "05-01-2021 10:00", "2021-01-05 10:00").Replace(one("INC1")),
		"in another order":   "urgency,impact,sys_updated_at,incident_state,number\n2 - Medium,2 - Medium,05-01-2021 10:00,Closed,INC1\n2 - Medium,2 - Medium,04-01-2021 10:00,Resolved,INC1\n",
		"with more columns":  "work_notes," + head + `"said ""no"", twice,` + "\nand went\"," + strings.Replace(one("INC1"), "\nINC1", "\n,INC1", 1),
		"with a doubled row": head + one("INC1") + one("INC1"),
	}
	for name, text := range rows {
		t.Run(name, func(t *testing.T) {
			log := read(t, text)
			require.Empty(t, log.Refused)
			require.Equal(t, []string{"INC1"}, numbers(log))
			require.Len(t, log.Incidents[0].Rows, 2)
			records := replayed(t, example(t), text, later)
			require.Equal(t, itsm.IncidentClosed, records[0].Incident.State)
			require.Equal(t, time.Date(2021, 1, 4, 10, 0, 0, 0, time.UTC), records[0].Incident.RaisedAt)
		})
	}
}

func TestImportNamesEachRefusedRow(t *testing.T) {
	row := func(number, state, at, impact string) string {
		return number + "," + state + "," + at + "," + impact + ",2 - Medium\n"
	}
	const when, medium = "04-01-2021 10:00", "2 - Medium"
	cases := []struct {
		name, row            string
		number, column, code string
		says                 string
	}{
		{"a NUL", row("BAD1", "New\x00", when, medium), "BAD1", "", "csv.nul", "NUL byte"},
		{"no UTF-8", row("BAD1", "N\xe9w", when, medium), "BAD1", "", "csv.encoding", "not UTF-8"},
		{"a field of megabytes", row("BAD1", strings.Repeat("x", 3<<20), when, medium), "BAD1", "", "csv.too_long", "65536 bytes"},
		{"a field too long", row("BAD1", strings.Repeat("x", 5000), when, medium), "BAD1", "", "csv.too_long", "ield 2 has 5000 bytes"},
		{"a thousand fields", row("BAD1", strings.Repeat(",", 1000), when, medium), "BAD1", "", "csv.too_many_fields", "1005 fields"},
		{"a quote astray", row("BAD1", `Ne"w"`, when, medium), "BAD1", "", "csv.quote", "quote stands astray"},
		{"a quote that does not close", row("BAD1", `"New`, when, medium), "BAD1", "", "csv.quote", "does not close"},
		{"too few fields", "BAD1,New\n", "BAD1", "", "csv.fields", "2 fields and the header has 5"},
		{"too many", row("BAD1", "New,New", when, medium), "BAD1", "", "csv.fields", "6 fields"},
		{"no number", row("", "New", when, medium), "", "number", "servicenow.number", "like INC0000045"},
		{"a number that is a path", row("../../etc/passwd", "New", when, medium), "../../etc/passwd", "number", "servicenow.number", "no incident's number"},
		{"a number that plays with the terminal", row("\x1b[2JINC1", "New", when, medium), "·[2JINC1", "number", "servicenow.number", "no incident's number"},
		{"a number without end", row(strings.Repeat("9", 100), "New", when, medium), strings.Repeat("9", 60) + "…", "number", "servicenow.number", "no incident's number"},
		{"an unknown state", row("BAD1", "Awaiting Godot", when, medium), "BAD1", "incident_state", "servicenow.word", `"Awaiting Godot" is nothing that the profile knows`},
		{"a state misspelt", row("BAD1", "Resolvd", when, medium), "BAD1", "incident_state", "servicenow.word", "did you mean resolved?"},
		{"no state", row("BAD1", "?", when, medium), "BAD1", "incident_state", "servicenow.word", "add it to the profile's states"},
		{"no time", row("BAD1", "New", "?", medium), "BAD1", "sys_updated_at", "servicenow.time", "No time is given"},
		{"a day that never was", row("BAD1", "New", "31-02-2021 10:00", medium), "BAD1", "sys_updated_at", "servicenow.time", "like 29-02-2016 01:23"},
		{"no leap year", row("BAD1", "New", "29-02-2021 10:00", medium), "BAD1", "sys_updated_at", "servicenow.time", "is no time"},
		{"another order", row("BAD1", "New", "12/31/2021 10:00", medium), "BAD1", "sys_updated_at", "servicenow.time", "is no time"},
		{"tomorrow's tomorrow", row("BAD1", "New", "03-01-2022 00:00", medium), "BAD1", "sys_updated_at", "servicenow.time", "between 1990 and now"},
		{"another century", row("BAD1", "New", "04-01-1021 10:00", medium), "BAD1", "sys_updated_at", "servicenow.time", "between 1990 and now"},
		{"an unknown impact", row("BAD1", "New", when, "4 - None"), "BAD1", "impact", "servicenow.word", "profile's degrees"},
		{"still open", row("BAD1", "Active", when, medium), "BAD1", "incident_state", "servicenow.open", "Close it in ServiceNow"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := head + one("GOOD1") + c.row + one("GOOD2") + one("BAD1")
			if c.code == "servicenow.open" {
				text = head + one("GOOD1") + c.row + one("GOOD2")
			}
			m := servicenow.Import{Source: example(t), Now: later}
			report, err := m.Run(t.Context(), strings.NewReader(text))
			require.NoError(t, err)
			require.Len(t, report.Refused, 1)
			got := report.Refused[0]
			require.Equal(t, 4, got.Line)
			require.Equal(t, c.column, got.Column)
			require.Equal(t, c.code, got.Code)
			require.Contains(t, got.Message, c.says)
			require.Less(t, len(got.Message), 400)
			if c.number == "BAD1" {
				require.Equal(t, 2, report.Incidents, "the others go in, and nothing of this one")
				require.Equal(t, 1, report.Left)
			} else {
				require.Equal(t, 3, report.Incidents)
			}
			require.Equal(t, c.number, got.Number)
		})
	}
}

func TestImportRefusesWhatIsNoLog(t *testing.T) {
	cases := []struct{ name, text, code, says string }{
		{"nothing", "", "csv.empty", "empty"},
		{"nothing but lines", "\n\n\r\n", "csv.empty", "empty"},
		{"no header", one("INC1"), "csv.no_column", "no column number; its first line names the columns"},
		{"semicolons", strings.ReplaceAll(head+one("INC1"), ",", ";"), "csv.no_column", "separate its columns by commas"},
		{"a column missing", strings.Replace(head, "impact", "effect", 1) + one("INC1"), "csv.no_column", "no column impact"},
		{"a column twice", strings.Replace(head, "impact", "impact,Impact", 1) + one("INC1"), "csv.column_twice", "Two columns are called impact"},
		{"UTF-16", "\xff\xfen\x00u\x00m\x00b\x00e\x00r\x00,\x00", "csv.nul", "CSV in UTF-8"},
		{"a spreadsheet", "PK\x03\x04\x14\x00\x06\x00\x08\x00", "csv.nul", "export it again"},
		{"a page", "<!DOCTYPE html>\n<title>Log in</title>\n", "csv.no_column", "no column number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := servicenow.Import{Source: example(t), Now: later}
			report, err := m.Run(t.Context(), strings.NewReader(c.text))
			require.NoError(t, err)
			require.Zero(t, report.Incidents)
			require.Len(t, report.Refused, 1)
			require.Equal(t, c.code, report.Refused[0].Code)
			require.Contains(t, report.Refused[0].Message, c.says)
		})
	}
}

// endless gives lines for ever.
type endless struct{ given int }

func (e *endless) Read(p []byte) (int, error) {
	e.given += len(p)
	return copy(p, bytes.Repeat([]byte("x,\n"), len(p)/3+1)), nil
}

func TestImportEndsWhateverItIsFed(t *testing.T) {
	t.Run("lines without end", func(t *testing.T) {
		var e endless
		_, err := example(t).Read(io.MultiReader(strings.NewReader(head), &e), later)
		var broken *servicenow.FileError
		require.ErrorAs(t, err, &broken)
		require.Contains(t, []string{"csv.too_big", "csv.too_many_rows"}, broken.Code)
		require.LessOrEqual(t, e.given, servicenow.MaxBytes+1<<20)
	})
	t.Run("quotes on each line", func(t *testing.T) {
		var b strings.Builder
		b.WriteString(head + one("GOOD1"))
		for range 2000 {
			b.WriteString("\"\n\n\n\n\n\n\n\n\n\n")
		}
		b.WriteString(one("GOOD2"))
		log := read(t, b.String())
		require.Equal(t, "GOOD1", log.Incidents[0].Number)
		require.Positive(t, log.Refusals)
	})
	t.Run("an incident without end", func(t *testing.T) {
		var b strings.Builder
		b.WriteString(head)
		at := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
		for n := range 3000 {
			fmt.Fprintf(&b, "INC1,New,%s,%s,2 - Medium\n", at.Add(time.Duration(n)*time.Minute).Format("02-01-2006 15:04"), []string{"1 - High", "3 - Low"}[n%2])
		}
		m := servicenow.Import{Source: example(t), Now: later}
		report, err := m.Run(t.Context(), strings.NewReader(b.String()))
		require.NoError(t, err)
		require.Len(t, report.Refused, 1)
		require.Equal(t, "servicenow.too_long", report.Refused[0].Code)
	})
}

func TestImportRefusesMoreReopeningsThanTheRulesKnow(t *testing.T) {
	text := strings.Replace(head, "\n", ",reopen_count\n", 1) +
		"INC1,Active,04-01-2021 10:00,2 - Medium,2 - Medium,9999\nINC1,Closed,05-01-2021 10:00,2 - Medium,2 - Medium,9999\n"
	m := servicenow.Import{Source: example(t), Now: later}
	report, err := m.Run(t.Context(), strings.NewReader(text))
	require.NoError(t, err)
	require.Len(t, report.Refused, 1)
	require.Equal(t, "incident.reopened_too_often", report.Refused[0].Code)
	require.Equal(t, "reopen_count", report.Refused[0].Column)
}

// TestImportRefusesCountsAndVerdictsThatAreNone is about columns that need not be there.
func TestImportRefusesCountsAndVerdictsThatAreNone(t *testing.T) {
	for column, text := range map[string]string{"reassignment_count": "-1", "reopen_count": "many", "sys_mod_count": "1e9", "made_sla": "perhaps", "opened_at": "soon", "priority": "0 - None"} {
		t.Run(column, func(t *testing.T) {
			log := read(t, strings.Replace(head, "\n", ","+column+"\n", 1)+strings.Replace(one("INC1"), "\n", ","+text+"\n", 1)+one("INC2"))
			require.Equal(t, column, log.Refused[0].Column)
			require.Contains(t, log.Refused[0].Message, text)
		})
	}
}

// FuzzImport feeds the reader anything: it ends, says where each refused row is, and
// what it lets through lives by the rules.
func FuzzImport(f *testing.F) {
	f.Add([]byte(odd(f)))
	f.Add([]byte(head + one("INC1")))
	f.Add([]byte(head + "INC1,\"New\n\",,\x00\xff\n"))
	s := example(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		log, err := s.Read(bytes.NewReader(text), later)
		if err != nil {
			var broken *servicenow.FileError
			require.ErrorAs(t, err, &broken)
			return
		}
		for _, r := range log.Refused {
			require.Positive(t, r.Line)
			require.NotEmpty(t, r.Code)
			require.NotEmpty(t, r.Message)
		}
		for _, i := range log.Incidents {
			r, err := s.Replay(i, servicenow.Home{}, later)
			if err != nil {
				var broken *servicenow.RowError
				require.ErrorAs(t, err, &broken)
				require.Positive(t, broken.Line)
				continue
			}
			lives(t, r)
		}
	})
}
