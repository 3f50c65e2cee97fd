// Writes what test/auth/jose_test.cpp reads: keys as an issuer publishes them, and tokens with the word that each is to be
// answered with ("" = let in).
//   {"now": seconds, "keys": {name: text of a file}, "options": {issuer, audience}, "cases": [{name, keys, token, reason}]}
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import * as jose from 'jose';

const now = 1_800_000_000;
const issuer = 'https://id.example';
const audience = 'confcast';
const secret = new TextEncoder().encode('a secret of 32 bytes and of more');
const pair = (alg) => jose.generateKeyPair(alg, { extractable: true });
const [rsa, rsa2, ec, ec2, es384, ed] =
  await Promise.all(['RS256', 'RS256', 'ES256', 'ES256', 'ES384', 'EdDSA'].map(pair));
// The same RSA key for another scheme: jose ties a key to its algorithm.
const rsaFor = async (alg) => jose.importPKCS8(await jose.exportPKCS8(rsa.privateKey), alg);

const jwk = async (key, more) => ({ ...(await jose.exportJWK(key)), ...more });
const publicPem = await jose.exportSPKI(rsa.publicKey);
const keys = {
  secret: new TextDecoder().decode(secret) + '\n',
  rsa: publicPem,
  ec: await jose.exportSPKI(ec.publicKey),
  set: JSON.stringify({
    keys: [
      await jwk(rsa.publicKey, { kid: 'rsa-1', alg: 'RS256', use: 'sig' }),
      await jwk(rsa2.publicKey, { kid: 'rsa-2', alg: 'RS256', use: 'sig' }),
      await jwk(ec.publicKey, { kid: 'ec-1', use: 'sig' }),
      await jwk(es384.publicKey, { kid: 'es384' }),
      await jwk(ed.publicKey, { kid: 'ed' }),
      { kty: 'oct', k: jose.base64url.encode(secret), kid: 'oct-1', alg: 'HS256' },
    ],
  }),
};

const cases = [];
const add = (name, keyFile, token, reason) => cases.push({ name, keys: keyFile, token, reason });
const claims = (more) => ({
  sub: 'alice', iss: issuer, aud: audience, iat: now - 5, nbf: now - 5, exp: now + 300,
  confcast: ['read:app/**'], ...more,
});
const signed = (key, header, payload = claims()) => new jose.SignJWT(payload).setProtectedHeader(header).sign(key);

// Let in.
add('HS256', 'secret', await signed(secret, { alg: 'HS256' }), '');
add('RS256', 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }), '');
add('ES256', 'ec', await signed(ec.privateKey, { alg: 'ES256' }), '');
for (let i = 0; i < 40; i += 1) add(`ES256 ${i}`, 'ec', await signed(ec.privateKey, { alg: 'ES256' }), '');
add('RS256 by kid', 'set', await signed(rsa2.privateKey, { alg: 'RS256', kid: 'rsa-2' }), '');
add('ES256 by kid', 'set', await signed(ec.privateKey, { alg: 'ES256', kid: 'ec-1' }), '');
add('HS256 by kid', 'set', await signed(secret, { alg: 'HS256', kid: 'oct-1' }), '');
add('RS256 without kid', 'set', await signed(rsa2.privateKey, { alg: 'RS256' }), '');
add('typ JWT', 'rsa', await signed(rsa.privateKey, { alg: 'RS256', typ: 'JWT' }), '');
add('typ at+jwt', 'rsa', await signed(rsa.privateKey, { alg: 'RS256', typ: 'at+jwt' }), '');
add('several audiences', 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }, claims({ aud: ['x', audience] })), '');
add('skew, exp', 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }, claims({ exp: now - 59 })), '');
add('skew, nbf', 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }, claims({ nbf: now + 60 })), '');
const scoped = claims({ scope: 'openid read:app/**' });
delete scoped.confcast;
add('scope', 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }, scoped), '');

// Schemes that are not ours.
for (const alg of ['PS256', 'RS384', 'RS512', 'PS512'])
  add(alg, 'rsa', await signed(await rsaFor(alg), { alg }), 'unsupported');
for (const alg of ['HS384', 'HS512'])
  add(alg, 'secret', await signed(new Uint8Array(64).fill(7), { alg }), 'unsupported');
add('ES384', 'set', await signed(es384.privateKey, { alg: 'ES384', kid: 'es384' }), 'unsupported');
add('EdDSA', 'set', await signed(ed.privateKey, { alg: 'EdDSA', kid: 'ed' }), 'unsupported');
add('none', 'rsa', new jose.UnsecuredJWT(claims()).encode(), 'unsupported');
const encode = (value) => jose.base64url.encode(typeof value === 'string' ? value : JSON.stringify(value));
for (const alg of ['None', 'NONE', 'nOnE']) add(alg, 'rsa', `${encode({ alg })}.${encode(claims())}.`, 'unsupported');
add('none with a signature', 'rsa',
  `${encode({ alg: 'none' })}.${encode(claims())}.${(await signed(rsa.privateKey, { alg: 'RS256' })).split('.')[2]}`,
  'unsupported');

// A MAC with what everybody knows.
const mac = (header, payload, key) => {
  const part = `${encode(header)}.${encode(payload)}`;
  return `${part}.${createHmac('sha256', key).update(part).digest('base64url')}`;
};
const known = [publicPem, publicPem.trim(), publicPem.replace(/-----[^-]*-----|\n/g, ''),
  JSON.stringify(await jose.exportJWK(rsa.publicKey)), (await jose.exportJWK(rsa.publicKey)).n];
known.forEach((key, i) => add(`confusion ${i}`, 'rsa', mac({ alg: 'HS256' }, claims(), key), 'invalid'));
known.forEach((key, i) =>
  add(`confusion in a set ${i}`, 'set', mac({ alg: 'HS256', kid: 'rsa-1' }, claims(), key), 'invalid'));

// Keys.
add('another RSA key', 'rsa', await signed(rsa2.privateKey, { alg: 'RS256' }), 'invalid');
add('another EC key', 'ec', await signed(ec2.privateKey, { alg: 'ES256' }), 'invalid');
add('another secret', 'secret', await signed(new Uint8Array(32).fill(7), { alg: 'HS256' }), 'invalid');
add('unknown kid', 'set', await signed(rsa.privateKey, { alg: 'RS256', kid: 'rsa-9' }), 'invalid');
add("another key's kid", 'set', await signed(rsa.privateKey, { alg: 'RS256', kid: 'rsa-2' }), 'invalid');
add('its own key', 'rsa', await signed(rsa2.privateKey, { alg: 'RS256', jwk: await jose.exportJWK(rsa2.publicKey) }),
  'unsupported');
add('a key from elsewhere', 'rsa', await signed(rsa2.privateKey, { alg: 'RS256', jku: 'https://evil.example/k' }),
  'unsupported');
add('crit', 'rsa', await signed(rsa.privateKey, { alg: 'RS256', crit: ['b64'], b64: true }), 'unsupported');
add('crit unknown', 'secret', mac({ alg: 'HS256', crit: ['hello'], hello: 1 }, claims(), secret), 'unsupported');

// Claims.
const withClaims = async (name, more, reason) =>
  add(name, 'rsa', await signed(rsa.privateKey, { alg: 'RS256' }, claims(more)), reason);
await withClaims('expired', { exp: now - 60 }, 'expired');
await withClaims('not yet', { nbf: now + 61 }, 'not_yet_valid');
await withClaims('from the future', { iat: now + 61 }, 'not_yet_valid');
await withClaims('no exp', { exp: undefined }, 'bad_claims');
await withClaims('no sub', { sub: undefined }, 'bad_claims');
await withClaims('another audience', { aud: 'x' }, 'wrong_audience');
await withClaims('no audience', { aud: undefined }, 'wrong_audience');
await withClaims('another issuer', { iss: 'https://evil.example' }, 'wrong_issuer');
await withClaims('no issuer', { iss: undefined }, 'wrong_issuer');
await withClaims('an unknown permission', { confcast: ['root'] }, 'bad_claims');
add('exp a text', 'secret', mac({ alg: 'HS256' }, claims({ exp: `${now + 300}` }), secret), 'bad_claims');

// Bytes.
const good = await signed(rsa.privateKey, { alg: 'RS256' });
const [head, , signature] = good.split('.');
add('another payload', 'rsa', `${head}.${encode(claims({ confcast: ['admin'] }))}.${signature}`, 'invalid');
add('cut', 'rsa', good.slice(0, -2), 'invalid');  // 255 whole bytes
add('no signature', 'rsa', `${good.slice(0, good.lastIndexOf('.'))}.`, 'invalid');
add('two parts', 'rsa', good.slice(0, good.lastIndexOf('.')), 'malformed');
add('padded', 'rsa', `${good}==`, 'malformed');
add('a line more', 'rsa', `${good}\n`, 'malformed');
add('an encrypted one', 'secret',
  await new jose.EncryptJWT(claims()).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret), 'malformed');

writeFileSync(process.argv[2], JSON.stringify({ now, keys, options: { issuer, audience }, cases }));
console.log(`${cases.length} tokens made`);
