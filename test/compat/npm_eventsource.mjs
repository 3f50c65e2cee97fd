// What a browser page would do: an EventSource that is left alone while the server is killed and started again, and
// must end with every write, once, in order. And what a proxy with its own ideas about buffering lets through.
import assert from 'node:assert/strict';
import { EventSource } from 'eventsource';
import { Confcastd, Nginx, freePort, request } from './processes.mjs';

const [binary, directory, nginxBinary] = process.argv.slice(2);
const server = new Confcastd(binary, directory, await freePort());
await server.run();
let proxy = null;
if (nginxBinary) {
  proxy = new Nginx(nginxBinary, directory, server.base, [await freePort(), await freePort()]);
  await proxy.run();
}
const bases = proxy ? { 'nginx, HTTP/1.0': proxy.old, 'nginx, HTTP/1.1': proxy.base } : { direct: server.base };

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what}: nothing for 30 s`)), 30_000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// An EventSource as a page has it, and what it was told. Where a proxy says 502 while the server is away it gives up:
// then there is a new one, which begins where the last one was.
class Page {
  constructor(base, query, mayGiveUp) {
    Object.assign(this, { base, query, mayGiveUp, lastId: '', seen: [], welcomes: [], snapshots: 0, givenUp: 0, wake: () => {} });
    this.open();
  }
  open() {
    const since = this.lastId ? `&since=${this.lastId}` : '';
    this.source = new EventSource(`${this.base}/api/v1/watch?${this.query}${since}`);
    const on = (type, take) => this.source.addEventListener(type, (event) => {
      this.lastId = event.lastEventId;
      take(JSON.parse(event.data), event);
      this.wake();
    });
    on('welcome', (message) => this.welcomes.push(message.payload));
    on('snapshot', () => { this.snapshots += 1; });
    on('bookmark', () => {});
    on('update', (message, event) => {
      assert.equal(event.lastEventId.split(':')[1], String(message.seq_id));
      message.payload.events.forEach((each) => this.seen.push([each.mod_revision, each.key, each.value]));
    });
    this.source.addEventListener('error', (event) => {
      if (event.data !== undefined || this.source.readyState !== EventSource.CLOSED) return;
      this.givenUp += 1;
      this.wake();
      assert.ok(this.mayGiveUp, `it gave up: ${event.code} ${event.message}`);
      setTimeout(() => this.open(), 100);
    });
  }
  async until(condition, what) {
    while (!condition()) await within(new Promise((resolve) => { this.wake = resolve; }), what);
  }
  close() {
    this.source.close();
  }
}

/// The body of an answer in the parts in which it comes.
async function open(base, type) {
  const stop = new AbortController();
  const begun = performance.now();
  const answer = fetch(`${base}/api/v1/watch?prefix=first/`, { headers: { accept: type }, signal: stop.signal });
  const response = await within(answer, `the head of ${type}`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), type);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const until = async (mark) => {
    while (!text.includes(mark)) {
      const { value, done } = await within(reader.read(), `${type}: ${mark}`);
      assert.ok(!done, 'it ended');
      text += decoder.decode(value, { stream: true });
    }
  };
  await until('"snapshot"');
  return { took: performance.now() - begun, until, stop: () => stop.abort() };
}

const steps = {
  async 'the first byte is there at once, and so is an update'(base) {
    for (const type of ['text/event-stream', 'application/x-ndjson']) {
      const stream = await open(base, type);
      console.log(`      ${type}: welcome and snapshot after ${stream.took.toFixed(1)} ms`);
      const revision = await server.put('first/a', 'small');
      await stream.until(`"mod_revision":${revision}`);
      stream.stop();
    }
  },

  async 'a long poll is held and answered'(base) {
    const revision = await server.put('poll/a', '1');
    const held = request('GET', `${base}/config/poll/a?wait=30s&since=${revision}`);
    await server.put('poll/a', '2');
    assert.equal(JSON.parse((await within(held, 'long poll')).text).data.value, '2');
    assert.equal((await request('GET', `${base}/config/poll/a?wait=10ms&since=${revision + 1}`)).status, 304);
  },

  async 'an EventSource lives through restarts and misses nothing'(base) {
    const page = new Page(base, 'prefix=page/', proxy !== null);
    await page.until(() => page.snapshots === 1, 'snapshot');
    const written = [];
    const write = async (count) => {
      for (let i = 0; i < count; ++i) {
        const [key, value] = [`page/${i % 3}`, `value ${written.length}`];
        written.push([await server.put(key, value), key, value]);
      }
    };
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL']) {
      await write(5);
      await page.until(() => page.seen.length === written.length, 'updates');
      const welcomes = page.welcomes.length;
      await write(3);  // some of these it gets before, the others after
      await server.end(signal);
      await server.run();
      await write(4);
      await page.until(() => page.welcomes.length > welcomes, 'welcome');
      assert.equal(page.welcomes.at(-1).resume, 'changes');
    }
    await page.until(() => page.seen.length >= written.length, 'updates');
    assert.deepEqual(page.seen, written);
    assert.equal(page.snapshots, 1);
    if (!proxy) assert.equal(page.givenUp, 0);
    console.log(`      ${written.length} writes, ${page.welcomes.length} connections, gave up ${page.givenUp} times`);
    page.close();
  },
  // It is closed for good then, says HTML: the page has to make another, with the position that it kept.
  async 'behind a proxy that says 502 a new EventSource goes on where the old one was'(base) {
    const page = new Page(base, 'prefix=away/', true);
    await page.until(() => page.snapshots === 1, 'snapshot');
    await server.put('away/a', '1');
    await page.until(() => page.seen.length === 1, 'update');
    await server.end('SIGKILL');
    await page.until(() => page.givenUp > 0, '502');
    await server.run();
    await server.put('away/a', '2');
    await page.until(() => page.seen.length === 2, 'update');
    assert.deepEqual(page.seen.map(([, , value]) => value), ['1', '2']);
    assert.equal(page.snapshots, 1);
    page.close();
  },
};

for (const [way, base] of Object.entries(bases)) {
  for (const [name, step] of Object.entries(steps)) {
    if (!proxy && name.startsWith('behind a proxy')) continue;
    await step(base);
    console.log(`ok  ${way}: ${name}`);
  }
}
await server.end('SIGTERM');
process.exit(0);
