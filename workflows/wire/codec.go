package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"
)

const (
	sealedEncoding = "binary/encrypted"
	keyIDMetadata  = "encryption-key-id"
)

// Codec encrypts payloads with AES-256-GCM, so that what people write cannot be
// read in Temporal's database, its UI or its backups. The key's id travels in the
// clear beside the payload; what was never encrypted passes through as it is.
type Codec struct {
	first string
	keys  map[string]cipher.AEAD
}

// Key is one encryption key of 32 bytes and the id by which payloads name it.
type Key struct {
	ID     string
	Secret []byte
}

// NewCodec encrypts with the first key and decrypts with all.
func NewCodec(keys []Key) (*Codec, error) {
	if len(keys) == 0 {
		return nil, errors.New("wire: no encryption key")
	}
	c := &Codec{first: keys[0].ID, keys: map[string]cipher.AEAD{}}
	for _, k := range keys {
		if len(k.Secret) != 32 || k.ID == "" {
			return nil, fmt.Errorf("wire: encryption key %q: an id and 32 bytes are needed, it has %d", k.ID, len(k.Secret))
		}
		block, err := aes.NewCipher(k.Secret)
		if err != nil {
			return nil, err
		}
		if c.keys[k.ID], err = cipher.NewGCM(block); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Converters are the data and failure converters that use the codec. Without the
// second, error messages and stack traces would stay in the clear.
func (c *Codec) Converters() (converter.DataConverter, converter.FailureConverter) {
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c)
	failure := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter: data, EncodeCommonAttributes: true,
	})
	return data, failure
}

// Encode implements converter.PayloadCodec.
func (c *Codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(p *commonpb.Payload) (*commonpb.Payload, error) {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		gcm := c.keys[c.first]
		nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(plain)+gcm.Overhead())
		if _, err := rand.Read(nonce); err != nil {
			return nil, err
		}
		return &commonpb.Payload{
			Metadata: map[string][]byte{
				converter.MetadataEncoding: []byte(sealedEncoding),
				keyIDMetadata:              []byte(c.first),
			},
			Data: gcm.Seal(nonce, nonce, plain, []byte(c.first)),
		}, nil
	})
}

// Decode implements converter.PayloadCodec.
func (c *Codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, func(p *commonpb.Payload) (*commonpb.Payload, error) {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != sealedEncoding {
			return p, nil
		}
		id := string(p.GetMetadata()[keyIDMetadata])
		gcm, ok := c.keys[id]
		if !ok {
			return nil, fmt.Errorf("wire: this payload needs the encryption key %q, which is not configured", id)
		}
		if len(p.GetData()) < gcm.NonceSize() {
			return nil, errors.New("wire: an encrypted payload is cut short")
		}
		nonce, sealed := p.GetData()[:gcm.NonceSize()], p.GetData()[gcm.NonceSize():]
		plain, err := gcm.Open(nil, nonce, sealed, []byte(id))
		if err != nil {
			return nil, errors.New("wire: an encrypted payload does not open with its key")
		}
		out := &commonpb.Payload{}
		return out, proto.Unmarshal(plain, out)
	})
}

func each(in []*commonpb.Payload, f func(*commonpb.Payload) (*commonpb.Payload, error)) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(in))
	for i, p := range in {
		done, err := f(p)
		if err != nil {
			return in, err
		}
		out[i] = done
	}
	return out, nil
}
