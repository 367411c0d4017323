// Package token is the shape of an API token: stw_<id>_<secret>_<crc>.
//
// The id finds the token's row, the secret proves that it was given to whoever
// sends it, and the checksum lets a scanner of leaked secrets, and Parse, tell a
// token from noise without asking anybody. Only a hash of the secret is kept; a
// slow one would be needless, since nobody guesses 256 bits. Who holds a token,
// what it allows and until when is not for this package to know.
package token
