package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"github.com/steward-itsm/steward/itsm"
)

// A picture is drawn at twice its measures, for the screens of phones, unless that
// would make it too large; and none is made of more dots than mostDots.
const (
	fineDots = 4_000_000
	mostDots = 16_000_000
)

// The colours that are not those of a tone.
const (
	paper = "#fbfaf7"
	ink   = "#1b2430"
	soft  = "#54606e"
	line  = "#7d8794"
)

// PNG draws what SVG does, for where no SVG is shown. What its fonts do not have, as
// Chinese, is drawn as empty boxes. It refuses a graph that is too large to be looked
// at: Invalid, code graph.too_large.
func PNG(g itsm.Graph) ([]byte, error) {
	l := lay(g)
	scale := 2
	if l.width*l.height*scale*scale > fineDots {
		scale = 1
	}
	if l.width*l.height > mostDots {
		return nil, itsm.Refuse(itsm.Invalid, "graph.too_large", "That is too much for one picture. Ask for fewer steps from %s.", g.Of)
	}
	c := newCanvas(l.width, l.height, scale)
	for _, a := range l.arrows {
		c.arrow(a)
	}
	for _, b := range l.boxes {
		c.box(b, b.Number == g.Of)
	}
	for _, a := range l.arrows {
		c.label(a.x, a.y-4, a.Words)
	}
	if l.more > 0 {
		c.text(margin, l.height-margin, left(l.more), small, soft)
	}
	var out bytes.Buffer
	err := png.Encode(&out, c.dots)
	return out.Bytes(), err
}

// face is a font in a size.
type face int

const (
	plain face = iota
	bold
	small
)

// faces are made once for each scale: parsing a font takes longer than drawing.
var faces = [...]func() [3]font.Face{sync.OnceValue(func() [3]font.Face { return facesAt(1) }), sync.OnceValue(func() [3]font.Face { return facesAt(2) })}

func facesAt(scale float64) (all [3]font.Face) {
	for f, of := range map[face]struct {
		ttf  []byte
		size float64
	}{plain: {goregular.TTF, 13}, bold: {gobold.TTF, 13}, small: {goregular.TTF, 11}} {
		parsed, err := opentype.Parse(of.ttf)
		if err == nil {
			all[f], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: of.size * scale, DPI: 72, Hinting: font.HintingFull})
		}
		if err != nil {
			panic(err) // both are compiled in
		}
	}
	return all
}

// canvas is what is drawn on, in the measures of a layout.
type canvas struct {
	dots  *image.RGBA
	scale int
	mu    *sync.Mutex // a face draws one text at a time
}

// drawing keeps faces to one picture at a time.
var drawing sync.Mutex

func newCanvas(width, height, scale int) *canvas {
	c := &canvas{image.NewRGBA(image.Rect(0, 0, width*scale, height*scale)), scale, &drawing}
	draw.Draw(c.dots, c.dots.Bounds(), image.NewUniform(colour(paper)), image.Point{}, draw.Src)
	return c
}

// colour reads one as it is written in a style, such as #fbfaf7.
func colour(hex string) color.RGBA {
	n, _ := strconv.ParseUint(hex[1:], 16, 32)                       // those of this package
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 0xff} //nolint:gosec // a byte each
}

// pen draws the outline of a shape, in the measures of a layout.
type pen struct {
	*vector.Rasterizer

	x, y, scale float32 // of the place of the shape
}

func (p pen) to(x, y float32) (float32, float32) { return (x - p.x) * p.scale, (y - p.y) * p.scale }

func (p pen) move(x, y float32) { p.MoveTo(p.to(x, y)) }

func (p pen) line(x, y float32) { p.LineTo(p.to(x, y)) }

func (p pen) bend(x1, y1, x2, y2, x3, y3 float32) {
	ax, ay := p.to(x1, y1)
	bx, by := p.to(x2, y2)
	cx, cy := p.to(x3, y3)
	p.CubeTo(ax, ay, bx, by, cx, cy)
}

// fill fills a shape that is within a place: no more of the picture is gone over.
func (c *canvas) fill(hex string, place image.Rectangle, shape func(pen)) {
	dots := image.Rectangle{place.Min.Mul(c.scale), place.Max.Mul(c.scale)}
	p := pen{vector.NewRasterizer(dots.Dx(), dots.Dy()), float32(place.Min.X), float32(place.Min.Y), float32(c.scale)}
	shape(p)
	p.Draw(c.dots, dots, image.NewUniform(colour(hex)), image.Point{})
}

// rounded fills a rectangle with round corners.
func (c *canvas) rounded(hex string, x, y, w, h, radius float32) {
	c.fill(hex, image.Rect(int(x)-1, int(y)-1, int(x+w)+2, int(y+h)+2), func(p pen) {
		const k = 0.5523 // of a quarter of a circle by a cubic
		o, in := radius, radius*(1-k)
		p.move(x+o, y)
		p.line(x+w-o, y)
		p.bend(x+w-in, y, x+w, y+in, x+w, y+o)
		p.line(x+w, y+h-o)
		p.bend(x+w, y+h-in, x+w-in, y+h, x+w-o, y+h)
		p.line(x+o, y+h)
		p.bend(x+in, y+h, x, y+h-in, x, y+h-o)
		p.line(x, y+o)
		p.bend(x, y+in, x+in, y, x+o, y)
		p.ClosePath()
	})
}

// box draws a record.
func (c *canvas) box(b box, chosen bool) {
	colours, thick := colours[b.Tone], float32(1)
	if chosen {
		thick = 3
	}
	x, y := float32(b.x), float32(b.y)
	c.rounded(colours[1], x-thick/2, y-thick/2, boxWidth+thick, boxHeight+thick, 8+thick/2)
	c.rounded(colours[0], x+thick/2, y+thick/2, boxWidth-thick, boxHeight-thick, 8-thick/2)
	c.text(b.x+12, b.y+20, string(b.Number), bold, ink)
	c.text(b.x+12, b.y+38, shortened(b.Title), plain, ink)
	c.text(b.x+12, b.y+55, b.stands(), small, soft)
}

// arrow draws a relation: a line that is bent once, and its tip.
func (c *canvas) arrow(a arrow) {
	const pieces, half, tip = 48, 0.6, 8
	forth := float32(1)
	if a.c2 > a.x2 || (a.c2 == a.x2 && a.x1 > a.x2) {
		forth = -1
	}
	end := float32(a.x2) - forth*tip/2 // below the tip
	at := func(t float32) (x, y float32) {
		u := 1 - t
		b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		return b0*float32(a.x1) + b1*float32(a.c1) + b2*float32(a.c2) + b3*end, (b0+b1)*float32(a.y1) + (b2+b3)*float32(a.y2)
	}
	place := image.Rect(a.x1, a.y1, a.x2, a.y2).Inset(-tip).Union(image.Rect(a.c1, a.y1, a.c2, a.y2).Inset(-tip))
	c.fill(line, place, func(p pen) {
		x0, y0 := at(0)
		for k := 1; k <= pieces; k++ {
			x1, y1 := at(float32(k) / pieces)
			nx, ny := across(x1-x0, y1-y0, half)
			p.move(x0+nx, y0+ny)
			p.line(x1+nx, y1+ny)
			p.line(x1-nx, y1-ny)
			p.line(x0-nx, y0-ny)
			p.ClosePath()
			x0, y0 = x1, y1
		}
		x, y := float32(a.x2), float32(a.y2)
		p.move(x, y)
		p.line(x-forth*tip, y-tip/2)
		p.line(x-forth*tip, y+tip/2)
		p.ClosePath()
	})
}

// text writes a line that begins at a place.
func (c *canvas) text(x, y int, words string, f face, hex string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := font.Drawer{Dst: c.dots, Src: image.NewUniform(colour(hex)), Face: faces[c.scale-1]()[f], Dot: fixed.P(x*c.scale, y*c.scale)}
	d.DrawString(words)
}

// label writes the words of a relation, with a little paper around them.
func (c *canvas) label(x, y int, words string) {
	c.mu.Lock()
	wide := font.MeasureString(faces[c.scale-1]()[small], words).Ceil() / c.scale
	c.mu.Unlock()
	c.rounded(paper, float32(x-wide/2-3), float32(y-11), float32(wide+6), 15, 3)
	c.text(x-wide/2, y, words, small, soft)
}
