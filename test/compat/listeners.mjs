// A WebSocket, an EventSource, lines of JSON, a long poll and a page in a browser listen to one server that is written to
// and restarted; then each knows what the store has, and those that are told every change were told the same changes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { EventSource } from 'eventsource';
import { WebSocket } from 'ws';
import { Confcastd, freePort, request } from './processes.mjs';

const [binary, directory, chromium] = process.argv.slice(2);
const server = new Confcastd(binary, directory, await freePort());
await server.run();

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const hash = (value) => createHash('sha256').update(value).digest('hex').slice(0, 16);
const path = '/api/v1/watch?prefix=five/';
const last = 'five/end';

/// What a listener was told: the changes, and what they leave.
class Knowledge {
  constructor(name) {
    Object.assign(this, { name, position: '', epoch: '', changes: [], entries: new Map(), snapshots: 0, connections: 0 });
    this.done = new Promise((resolve) => { this.finish = resolve; });
  }
  put({ mod_revision, key, value }) { this.entries.set(key, [mod_revision, key, hash(value)]); }
  replace(entries) {
    this.entries.clear();
    entries.forEach((entry) => this.put(entry));
  }
  change(event) {
    const value = event.op === 'put' ? hash(event.value) : null;
    this.changes.push([event.op, event.mod_revision, event.key, value]);
    if (event.op === 'put') this.put(event);
    else this.entries.delete(event.key);
    if (event.key === last) this.finish();
  }
  message({ seq_id, type, payload }) {
    if (type === 'welcome') {
      this.epoch = payload.epoch;
      this.connections += 1;
    }
    if (type === 'snapshot') {
      assert.equal(payload.more, false);
      this.snapshots += 1;
      this.replace(payload.entries);
    }
    if (type === 'update') {
      assert.equal(payload.coalesced_from, undefined, `${this.name} was too slow: this test is about those who are not`);
      payload.events.forEach((event) => this.change(event));
    }
    this.position = seq_id > 0 ? `${this.epoch}:${seq_id}` : '';
  }
  get since() { return this.position ? `&since=${this.position}` : ''; }
  /// The state as a sequence by revision.
  get sequence() { return [...this.entries.values()].sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1)); }
}

function listenByWebSocket() {
  const known = new Knowledge('WebSocket');
  const connect = () => {
    const socket = new WebSocket(`${server.base.replace('http', 'ws')}${path}${known.since}`);
    socket.on('message', (data) => known.message(JSON.parse(data)));
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(connect, 20 + Math.random() * 100));
  };
  connect();
  return known;
}

function listenByEventSource() {
  const known = new Knowledge('EventSource');
  const source = new EventSource(`${server.base}${path}`);
  for (const type of ['welcome', 'snapshot', 'update', 'bookmark', 'goaway'])
    source.addEventListener(type, (event) => known.message(JSON.parse(event.data)));
  source.addEventListener('error', () => assert.notEqual(source.readyState, EventSource.CLOSED, 'it gave up'));
  return known;
}

function listenByLines() {
  const known = new Knowledge('lines of JSON');
  const connect = () => {
    let rest = '';
    const again = () => setTimeout(connect, 20 + Math.random() * 100);
    const asked = http.get(`${server.base}${path}${known.since}`,
      { headers: { accept: 'application/x-ndjson' }, agent: false }, (response) => {
        response.setEncoding('utf8');
        response.on('data', (part) => {
          const lines = (rest + part).split('\n');
          rest = lines.pop();
          if (response.statusCode === 200) lines.filter((line) => line).forEach((line) => known.message(JSON.parse(line)));
        });
        response.on('error', () => {});
        response.on('close', again);
      });
    asked.on('error', () => { if (!asked.res) again(); });
  };
  connect();
  return known;
}

function listenByPolling() {
  const known = new Knowledge('long poll');
  (async () => {
    for (let since = '0'; ;) {
      const query = since === null ? '' : `&wait=20s&since=${since}`;
      const answer = await request('GET', `${server.base}/api/v1/config?prefix=five/${query}`).catch(() => null);
      if (answer?.status === 200) {
        const { data } = JSON.parse(answer.text);
        assert.equal(data.next_cursor ?? null, null);
        known.connections += 1;
        known.replace(data.entries);
        since = `${data.epoch}:${data.revision}`;
        if (known.entries.has(last)) return known.finish();
      } else if (answer?.status === 410) {
        since = null;
      } else if (answer?.status !== 304) {
        await sleep(20 + Math.random() * 100);
      }
    }
  })();
  return known;
}

/// The page, and a way from its own origin to the server: what cannot be passed on is cut.
async function listenInBrowser() {
  const known = new Knowledge('page in Chromium');
  const page = readFileSync(new URL('./listeners_page.html', import.meta.url));
  const front = http.createServer((asked, answer) => {
    if (asked.url === '/report') {
      let text = '';
      asked.on('data', (part) => { text += part; });
      asked.on('end', () => {
        answer.end();
        const told = JSON.parse(text);
        assert.notEqual(told, 'it gave up');
        for (const [op, revision, key, value] of told) {
          if (op === 'welcome') known.connections += 1;
          else if (op === 'snapshot') known.put({ mod_revision: revision, key, value });
          else known.change({ op, mod_revision: revision, key, value });
        }
        known.snapshots = 1;
      });
    } else if (asked.url.startsWith('/api/')) {
      const passed = http.request(server.base + asked.url, { headers: asked.headers, agent: false }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.on('error', () => answer.destroy());
        response.pipe(answer);
      });
      passed.on('error', () => asked.socket.destroy());
      answer.on('close', () => passed.destroy());
      passed.end();
    } else {
      answer.writeHead(asked.url === '/' ? 200 : 404, { 'content-type': 'text/html' }).end(asked.url === '/' ? page : '');
    }
  });
  const port = await freePort();
  front.listen(port, '127.0.0.1');
  const browser = spawn(chromium, ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--user-data-dir=${directory}/chromium`, '--remote-debugging-port=0', `http://127.0.0.1:${port}/`],
  { stdio: 'ignore', detached: true });
  const end = () => { try { process.kill(-browser.pid, 'SIGKILL'); } catch { /* it has ended */ } };
  process.on('exit', end);
  return known;
}

const listeners = [listenByWebSocket(), listenByEventSource(), listenByLines(), listenByPolling()];
if (chromium) listeners.push(await listenInBrowser());
else console.log('there is no Chromium: four kinds of listener instead of five');
// The browser takes its time; the others are there long before.
for (let i = 0; i < 600; ++i) {
  const { entries } = JSON.parse((await request('GET', `${server.base}/api/v1/clients`)).text).data;
  if ((entries ?? []).length >= listeners.length - 1) break;
  await sleep(50);
}

// The load: puts, deletes and transactions, each until it is answered.
async function write(method, url, body) {
  for (;;) {
    const answer = await request(method, server.base + url, body && JSON.stringify(body),
      { 'content-type': 'application/json' }).catch(() => null);
    if (answer && (answer.status < 300 || answer.status === 404)) return;
    await sleep(10);
  }
}
let writes = 0;
let running = true;
async function writer(number) {
  while (running) {
    const n = ++writes;
    const key = `five/${number}/${n % 7}`;
    if (n % 11 === 0) await write('DELETE', `/config/${key}`);
    else if (n % 5 === 0)
      await write('POST', '/api/v1/txn', { put: [{ key, value: `${n}` }, { key: `five/both/${number}`, value: `${n}` }] });
    else await write('PUT', `/config/${key}`, { value: `value ${n}` });
    // An EventSource comes back after up to two seconds: what it missed must be less than what is folded (a thousand).
    await sleep(25);
  }
}
const writers = [1, 2, 3].map(writer);
for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL']) {
  await sleep(1_500);
  await server.end(signal);
  await server.run();
}
await sleep(1_500);
running = false;
await Promise.all(writers);
await write('PUT', `/config/${last}`, { value: 'the end' });

const late = sleep(60_000).then(() => 'late');
for (const known of listeners)
  assert.notEqual(await Promise.race([known.done, late]), 'late', `${known.name} has not seen the end`);

const { data } = JSON.parse((await request('GET', `${server.base}/api/v1/config?prefix=five/&limit=1000`)).text);
const truth = new Knowledge('the store');
truth.replace(data.entries);
const [first] = listeners;
for (const known of listeners) {
  assert.deepEqual(known.sequence, truth.sequence, `${known.name} and the store`);
  if (known.name === 'long poll') continue;  // it is told states
  assert.deepEqual(known.changes, first.changes, `${known.name} and ${first.name}`);
  assert.equal(known.snapshots, 1, `${known.name} had to be given the state again`);
}
for (let i = 1; i < first.changes.length; ++i) assert.ok(first.changes[i][1] >= first.changes[i - 1][1], 'the order');
for (const known of listeners)
  console.log(`${known.name}: ${known.connections} answers or connections, ${known.changes.length || 'no'} changes, ` +
    `${known.entries.size} settings, ${hash(JSON.stringify(known.sequence))}`);
await server.end('SIGTERM');
process.exit(0);
