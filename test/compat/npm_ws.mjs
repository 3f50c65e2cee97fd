// The README's walk: watch with `ws`, write with fetch, and compare what arrives with what was said.
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';

const server = process.argv[2];
const base = `http://${server}`;

// A subscriber that keeps what it gets until it is asked for.
class Watcher {
  constructor(query, options = {}) {
    this.messages = [];
    this.waiting = [];
    this.socket = new WebSocket(`ws://${server}/ws?${query}`, options);
    this.socket.on('message', (data, isBinary) => {
      assert.equal(isBinary, false);
      const message = JSON.parse(data);
      const resolve = this.waiting.shift();
      if (resolve) resolve(message);
      else this.messages.push(message);
    });
    this.closed = new Promise((resolve) => this.socket.on('close', (code) => resolve(code)));
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('error', reject);
    });
  }
  next() {
    if (this.messages.length > 0) return Promise.resolve(this.messages.shift());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing came for 10 s')), 10_000);
      this.waiting.push((message) => {
        clearTimeout(timer);
        resolve(message);
      });
    });
  }
  async nextOf(type) {
    for (;;) {
      const message = await this.next();
      if (message.type === type) return message;
    }
  }
  send(message) {
    this.socket.send(JSON.stringify(message));
  }
}

async function call(method, path, body, headers = {}) {
  const response = await fetch(base + path, { method, body, headers });
  const text = await response.text();
  const envelope = text ? JSON.parse(text) : null;
  if (envelope) assert.deepEqual(Object.keys(envelope).sort(), ['code', 'data', 'message']);
  return { status: response.status, headers: response.headers, envelope };
}

const steps = {
  async 'a watcher is welcomed and gets a snapshot'() {
    const watcher = new Watcher('prefix=app/');
    await watcher.opened;
    const welcome = await watcher.next();
    assert.equal(welcome.type, 'welcome');
    assert.match(welcome.payload.epoch, /^[0-9a-f]{16}$/);
    assert.equal((await watcher.next()).type, 'snapshot');
    watcher.socket.close();
    await watcher.closed;
  },

  async 'a write arrives with its revision'() {
    const watcher = new Watcher('prefix=app/');
    await watcher.nextOf('snapshot');
    const answer = await call('PUT', '/config/app/port', '8080', { 'content-type': 'text/plain' });
    assert.equal(answer.envelope.code, 200);
    const update = await watcher.nextOf('update');
    assert.equal(update.seq_id, answer.envelope.data.mod_revision);
    assert.equal(update.payload.events[0].value, '8080');

    const removed = await call('DELETE', '/config/app/port');
    assert.equal(removed.status, 200);
    assert.equal((await watcher.nextOf('update')).payload.events[0].op, 'delete');
    watcher.socket.close(1000);
    assert.equal(await watcher.closed, 1000);
  },

  async 'JSON bodies, compare-and-set and 412'() {
    const json = { 'content-type': 'application/json' };
    const created = await call('POST', '/api/v1/config', JSON.stringify({ key: 'app/cas', value: 'a' }), json);
    assert.equal(created.status, 201);
    const etag = (await call('GET', '/config/app/cas')).headers.get('etag');
    const second = await call('PUT', '/config/app/cas', JSON.stringify({ value: 'b' }), { ...json, 'if-match': etag });
    assert.equal(second.status, 200);
    const third = await call('PUT', '/config/app/cas', JSON.stringify({ value: 'c' }), { ...json, 'if-match': etag });
    assert.equal(third.envelope.code, 41201);
    assert.equal((await call('POST', '/api/v1/config', JSON.stringify({ key: 'app/cas', value: 'a' }), json)).envelope.code, 40901);
  },

  async 'a transaction arrives in one message'() {
    const watcher = new Watcher('prefix=app/');
    await watcher.nextOf('snapshot');
    const body = JSON.stringify({ put: [{ key: 'app/t1', value: '1' }, { key: 'app/t2', value: '2' }] });
    assert.equal((await call('POST', '/api/v1/txn', body, { 'content-type': 'application/json' })).status, 200);
    assert.deepEqual((await watcher.nextOf('update')).payload.events.map((event) => event.key), ['app/t1', 'app/t2']);
    watcher.socket.terminate();
  },

  async 'a subscriber resumes where it was'() {
    const first = new Watcher('prefix=app/');
    const { payload } = await first.nextOf('welcome');
    const snapshot = await first.nextOf('snapshot');
    first.socket.terminate();
    await call('PUT', '/config/app/missed', 'while away', { 'content-type': 'text/plain' });
    const second = new Watcher(`prefix=app/&since=${payload.epoch}:${snapshot.seq_id}`);
    assert.equal((await second.nextOf('welcome')).payload.resume, 'changes');
    assert.equal((await second.nextOf('update')).payload.events[0].key, 'app/missed');
    second.socket.close();
  },

  async 'subscribe and unsubscribe on a live stream'() {
    const watcher = new Watcher('key=nothing');
    await watcher.nextOf('snapshot');
    watcher.send({ type: 'subscribe', id: 's', payload: { prefixes: ['late/'] } });
    assert.equal((await watcher.nextOf('subscribed')).payload.id, 's');
    await watcher.nextOf('snapshot');
    await call('PUT', '/config/late/a', 'x', { 'content-type': 'text/plain' });
    assert.equal((await watcher.nextOf('update')).payload.events[0].key, 'late/a');
    watcher.send({ type: 'ping' });
    await watcher.nextOf('pong');
    watcher.send({ type: 'nonsense' });
    assert.match(String((await watcher.nextOf('error')).payload.code), /^400/);
    watcher.socket.close();
  },

  async 'a large value crosses whole'() {
    const watcher = new Watcher('prefix=large/');
    await watcher.nextOf('snapshot');
    const value = 'äöü漢'.repeat(60_000);
    assert.equal((await call('PUT', '/config/large/a', value, { 'content-type': 'text/plain' })).status < 300, true);
    assert.equal((await watcher.nextOf('update')).payload.events[0].value, value);
    watcher.socket.close();
  },

  async 'compression is offered and whatever is agreed on works'() {
    const watcher = new Watcher('prefix=app/', { perMessageDeflate: true });
    await watcher.nextOf('snapshot');
    await call('PUT', '/config/app/deflate', 'x'.repeat(5_000), { 'content-type': 'text/plain' });
    assert.equal((await watcher.nextOf('update')).payload.events[0].value.length, 5_000);
    watcher.socket.close();
  },

  async 'a message over the limit closes with 1009'() {
    const watcher = new Watcher('prefix=app/');
    await watcher.opened;
    watcher.socket.send('x'.repeat(70_000));
    assert.equal(await watcher.closed, 1009);
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(`ok  ${name}`);
}
process.exit(0);
