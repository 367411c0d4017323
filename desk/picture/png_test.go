package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/steward-itsm/steward/itsm"
)

func decoded(t require.TestingT, g itsm.Graph) image.Image {
	drawn, err := PNG(g)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(drawn))
	require.NoError(t, err)
	return picture
}

func TestAPictureShowsWhatTheDrawingDoes(t *testing.T) {
	g := story()
	picture, l := decoded(t, g), lay(g)
	require.Equal(t, image.Pt(2*l.width, 2*l.height), picture.Bounds().Size())
	is := func(x, y int) color.RGBA {
		c, _ := color.RGBAModel.Convert(picture.At(2*x, 2*y)).(color.RGBA) // of its own model
		return c
	}
	for _, b := range l.boxes {
		require.Equal(t, colour(colours[b.Tone][0]), is(b.x+boxWidth-6, b.y+boxHeight/2), "%s has the colour of its state", b.Number)
		require.Equal(t, colour(paper), is(b.x-8, b.y-8))
		inked := 0
		for x := b.x + 8; x < b.x+boxWidth-8; x++ {
			for y := b.y + 8; y < b.y+boxHeight-4; y++ {
				if c := is(x, y); c.R < 0x60 && c.B < 0x70 {
					inked++
				}
			}
		}
		require.Greater(t, inked, 40, "%s says something", b.Number)
	}
	for _, a := range l.arrows {
		tip := 4
		if a.c2 > a.x2 {
			tip = -4
		}
		require.Equal(t, colour(line), is(a.x2-tip, a.y2), "%s to %s has a tip", a.From, a.To)
	}
}

func TestAPictureIsTheSameEachTime(t *testing.T) {
	first, err := PNG(story())
	require.NoError(t, err)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			again, err := PNG(story())
			require.NoError(t, err)
			require.Equal(t, first, again)
		})
	}
	all.Wait()
	if to := os.Getenv("STEWARD_PICTURE"); to != "" { // to be looked at
		require.NoError(t, os.WriteFile(to, first, 0o600))
	}
}

func TestWhateverIsWrittenAPictureIsDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := someGraph(t)
		for i := range g.Nodes {
			g.Nodes[i].Title, g.Nodes[i].State = rapid.String().Draw(t, "title"), itsm.State(rapid.String().Draw(t, "state"))
		}
		g.Nodes, g.Edges = g.Nodes[:min(len(g.Nodes), 2)], g.Edges[:min(len(g.Edges), 2)]
		decoded(t, g)
	})
}

func TestTheLargestGraphIsDrawnOrRefused(t *testing.T) {
	drawn, err := PNG(star(itsm.MaxGraphNodes))
	require.NoError(t, err)
	require.Less(t, len(drawn), 1<<20, "as much as Slack's stand-in takes")
}
