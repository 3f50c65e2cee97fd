// Who is let in by a JWT or a ticket, and what becomes of a stream when that changes.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as jose from 'jose';
import WebSocket from 'ws';
import { Confcastd, freePort } from './processes.mjs';

const [binary, work, way] = process.argv.slice(2);
const directory = `${work}/${way}`;
mkdirSync(directory);
const file = (name, text) => {
  writeFileSync(`${directory}/${name}`, text, { mode: 0o600 });
  chmodSync(`${directory}/${name}`, 0o600);
  return `${directory}/${name}`;
};

const secret = new TextEncoder().encode('a secret of 32 bytes and of more');
const [rsa, ec, stranger] = await Promise.all(['RS256', 'ES256', 'RS256'].map((alg) => jose.generateKeyPair(alg)));
const published = async (key, more) => ({ ...(await jose.exportJWK(key.publicKey)), ...more });
const rsaKey = await published(rsa, { kid: 'rsa-1', alg: 'RS256', use: 'sig' });
const ecKey = await published(ec, { kid: 'ec-1', alg: 'ES256', use: 'sig' });
const octKey = { kty: 'oct', k: jose.base64url.encode(secret), kid: 'oct-1', alg: 'HS256' };
const keys = file('keys.json', JSON.stringify({ keys: [rsaKey, ecKey, octKey] }));

const now = () => Math.floor(Date.now() / 1000);
const claims = (more) => ({ sub: 'alice', iss: 'https://id.example', iat: now(), exp: now() + 300, confcast: ['read,write:app/**'], ...more });
const sign = (key, header, payload = claims()) => new jose.SignJWT(payload).setProtectedHeader(header).sign(key);

const server = new Confcastd(binary, directory, await freePort());
server.argv.push('--jwt-keys', keys, '--jwt-issuer', 'https://id.example', '--audit', `${directory}/audit.log`);
if (way === 'tls') {
  server.argv.push('--tls-cert', `${work}/cert.pem`, '--tls-key', `${work}/key.pem`);
  server.base = server.base.replace('http://127.0.0.1', 'https://localhost');
}
const ask = (path, token, init = {}) =>
  fetch(server.base + path, { ...init, headers: { ...(token && { authorization: `Bearer ${token}` }), ...init.headers } });
server.start();
for (;;) {
  if (server.child.exitCode !== null) throw new Error(readFileSync(server.log, 'utf8'));
  if (await ask('/readyz').then((answer) => answer.status === 200, () => false)) break;
  await new Promise((resolve) => { setTimeout(resolve, 50); });
}

// Requests.
const good = await sign(rsa.privateKey, { alg: 'RS256', kid: 'rsa-1' });
const also = [await sign(ec.privateKey, { alg: 'ES256', kid: 'ec-1' }), await sign(secret, { alg: 'HS256', kid: 'oct-1' })];
const put = await ask('/config/app/a', good, { method: 'PUT', body: '1', headers: { 'content-type': 'text/plain' } });
assert.equal(put.status, 201);
for (const token of also) assert.equal((await ask('/config/app/a', token)).status, 200);
assert.equal((await (await ask('/config/app/a', good)).json()).data.author, 'alice');
assert.equal((await ask('/config/db/a', good)).status, 404);
assert.equal((await ask('/config/db/a', good, { method: 'PUT', body: '1', headers: { 'content-type': 'text/plain' } })).status, 403);
const [head, body, signature] = good.split('.');
const forged = jose.base64url.encode(JSON.stringify(claims({ confcast: ['admin', 'read,write:**'] })));
const none = `${jose.base64url.encode('{"alg":"none"}')}.${body}.`;
const bad = {
  'not signed by a key here': await sign(stranger.privateKey, { alg: 'RS256', kid: 'rsa-1' }),
  'other claims under the same signature': `${head}.${forged}.${signature}`,
  'no signature': none,
  'cut off': good.slice(0, -10),
  expired: await sign(rsa.privateKey, { alg: 'RS256', kid: 'rsa-1' }, claims({ exp: now() - 100 })),
  'of the future': await sign(rsa.privateKey, { alg: 'RS256', kid: 'rsa-1' }, claims({ nbf: now() + 100 })),
  'of another issuer': await sign(rsa.privateKey, { alg: 'RS256', kid: 'rsa-1' }, claims({ iss: 'https://evil.example' })),
  'critical extension': await new jose.SignJWT(claims()).setProtectedHeader({ alg: 'RS256', crit: ['x'], x: 1 }).sign(rsa.privateKey, { crit: { x: true } }),
  'the public key as a secret': await sign(new TextEncoder().encode(await jose.exportSPKI(rsa.publicKey)), { alg: 'HS256', kid: 'rsa-1' }),
};
for (const [what, token] of Object.entries(bad)) {
  const answer = await ask('/config/app/a', token);
  assert.equal(answer.status, 401, what);
  assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
}

// Streams: with the header, with a ticket, and without either.
function stream(query, token) {
  const socket = new WebSocket(`${server.base.replace('http', 'ws')}/ws?${query}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  const it = { socket, messages: [], refused: null, wake: () => {} };
  socket.on('message', (data) => { it.messages.push(JSON.parse(data)); it.wake(); });
  socket.on('unexpected-response', (_, response) => { it.refused = response.statusCode; it.wake(); });
  it.closed = new Promise((resolve) => { socket.on('close', resolve); });
  socket.on('error', () => {});
  it.until = async (seen) => {
    const deadline = Date.now() + 20_000;
    while (!seen()) {
      assert.ok(Date.now() < deadline, JSON.stringify(it.messages.map((message) => message.type)));
      await new Promise((resolve) => { it.wake = resolve; setTimeout(resolve, 100); });
    }
  };
  it.has = (type, status) => it.messages.some((one) => one.type === type && (!status || one.payload.status === status));
  return it;
}
const refused = stream('', null);
await refused.until(() => refused.refused !== null);
assert.equal(refused.refused, 401);
const { ticket } = (await (await ask('/api/v1/tickets', good, { method: 'POST' })).json()).data;
const page = stream(`prefix=app/&ticket=${ticket}`, null);
await page.until(() => page.has('snapshot'));
const again = stream(`prefix=app/&ticket=${ticket}`, null);
await again.until(() => again.refused !== null);
assert.equal(again.refused, 401);

// One that ends soon is told so, and renewed; one that is not renewed is closed.
const brief = await sign(ec.privateKey, { alg: 'ES256', kid: 'ec-1' }, claims({ exp: now() - 56 }));
const lost = stream('prefix=app/', brief);
const kept = stream('prefix=app/', brief);
await kept.until(() => kept.has('access', 'expiring'));
kept.socket.send(JSON.stringify({ type: 'auth', payload: { token: good } }));
await kept.until(() => kept.has('access', 'renewed'));
assert.equal(await lost.closed, 4001);
assert.ok(lost.has('access', 'expiring'));
assert.equal(kept.socket.readyState, WebSocket.OPEN);

// A key that is withdrawn takes its tokens and their streams with it, and nobody else's.
const other = stream('prefix=app/', also[0]);
await other.until(() => other.has('snapshot'));
const withdrawn = Date.now();
file('keys.json', JSON.stringify({ keys: [ecKey, octKey] }));
assert.equal(await page.closed, 1008);
assert.equal(await kept.closed, 1008);
assert.ok(Date.now() - withdrawn < 5_000);
assert.equal((await ask('/config/app/a', good)).status, 401);
assert.equal((await ask('/config/app/a', also[0])).status, 200);
assert.equal(other.socket.readyState, WebSocket.OPEN);
// A file that is no good is not taken.
file('keys.json', '{"keys": "nonsense"}');
await new Promise((resolve) => { setTimeout(resolve, 1_200); });
assert.equal((await ask('/config/app/a', also[0])).status, 200);
assert.match(readFileSync(server.log, 'utf8'), /the old ones go on/);

const audit = readFileSync(`${directory}/audit.log`, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
assert.ok(audit.some((line) => line.event === 'put' && line.key === 'app/a' && line.principal === 'alice'));
assert.ok(audit.some((line) => line.event === 'refused' && line.code === 40301));
const everything = JSON.stringify(audit) + readFileSync(server.log, 'utf8');
for (const token of [good, brief, ...also]) assert.ok(!everything.includes(token.split('.')[2]), 'a credential is in a log');
other.socket.terminate();
await server.end('SIGTERM');
console.log(`${way}: 3 algorithms let in, ${Object.keys(bad).length} bad tokens refused, streams renewed, ended and revoked`);
