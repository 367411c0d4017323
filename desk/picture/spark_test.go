package picture_test

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/steward-itsm/steward/desk/picture"
	"github.com/steward-itsm/steward/itsm"
)

func TestASparklineHasAGapWhereThereIsNoData(t *testing.T) {
	full, none := 100, 0
	svg := picture.Spark("Scores", []picture.Point{
		{Name: "2031-01", Words: "A, 100 points", Value: &full},
		{Name: "2031-02", Words: "D, 0 points", Value: &none},
		{Name: "2031-03", Words: "no data"},
		{Name: "2031-04", Words: "A, 100 points", Value: &full},
	})
	require.Contains(t, svg, `aria-label="Scores: 2031-01: A, 100 points, 2031-02: D, 0 points, 2031-03: no data, 2031-04: A, 100 points"`)
	require.Equal(t, 3, strings.Count(svg, "<circle"), "what has no data has no point")
	require.Contains(t, svg, `d="M6 6L22 34"`, "no line leads to it, nor from it")
	require.Empty(t, picture.Spark("Scores", nil))
	require.NotContains(t, picture.Spark("Scores", []picture.Point{{Name: "2031-03", Words: "no data"}}), `class="line"`)
}

func TestASparklineIsNoMarkupOfWhatPeopleWrite(t *testing.T) {
	svg := picture.Spark(`"><script>`, []picture.Point{{Name: "</title><script>", Words: `"onload="x`}})
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // as the decoder documents it
			break
		}
		require.NoError(t, err)
		if start, ok := token.(xml.StartElement); ok {
			require.Contains(t, []string{"svg", "title", "path", "circle"}, start.Name.Local)
			for _, a := range start.Attr {
				require.NotEqual(t, "onload", a.Name.Local)
			}
		}
	}
}

func TestEveryKindOfRecordHasAPage(t *testing.T) {
	for n, want := range map[itsm.Number]string{
		"CHG-7": "/changes/CHG-7", "CAR-7": "/corrective-actions/CAR-7", "SUP-4": "/suppliers/SUP-4", "CON-2": "/contracts/CON-2",
		"SUP-4/2031-Q4": "/suppliers/SUP-4/reviews/2031-Q4", "SUP-4/2031-Q5": "", "XYZ-1": "", "CON-2/2031": "",
	} {
		require.Equal(t, want, picture.Page(n), n)
	}
}
