// docs/openapi.json and docs/asyncapi.yaml pass a public linter; every kind of message that a server sends is in the
// second and looks as it says there, and so do those that this client sends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import core from '@redocly/openapi-core';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import yaml from 'js-yaml';
import { WebSocket } from 'ws';
import { Confcastd, freePort, request } from './processes.mjs';

const [docs, binary, directory] = process.argv.slice(2);

const config = await core.createConfig({ extends: ['spec'] });
for (const name of ['openapi.json', 'asyncapi.yaml']) {
  const problems = await core.lint({ ref: `${docs}/${name}`, config });
  const words = problems.map((problem) => `${problem.message} ${problem.location?.[0]?.pointer}`);
  assert.deepEqual(words, [], `${name} does not pass`);
  console.log(`${name} passes`);
}

const contract = yaml.load(readFileSync(`${docs}/asyncapi.yaml`, 'utf8'));
const ajv = addFormats(new Ajv({ strict: false, validateSchema: false }));
ajv.addSchema({ components: contract.components }, 'contract');
const told = contract.operations.tell.messages.map((message) => message.$ref.split('/').pop());
const heard = contract.operations.hear.messages.map((message) => message.$ref.split('/').pop());
const validators = Object.fromEntries([...told, ...heard].map((type) =>
  [type, ajv.compile({ $ref: `contract#/components/messages/${type}/payload` })]));
function check(message, types) {
  assert.ok(types.includes(message.type), `${message.type} is not in the contract`);
  const valid = validators[message.type];
  assert.ok(valid(message), `${JSON.stringify(message)}: ${ajv.errorsText(valid.errors)}`);
}

const server = new Confcastd(binary, directory, await freePort());
server.argv.push('--bookmark', '200ms', '--journal-changes', '1', '--notifications', '1');
await server.run();
const write = (method, key, body) => request(method, `${server.base}/config/${key}`, body && JSON.stringify(body),
  { 'content-type': 'application/json', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
await write('PUT', 'app/plain', { value: 'a', message: 'why', ttl: 600 });
await write('PUT', 'app/bytes', { value: '/w==', encoding: 'base64' });

const seen = new Map();
let wake = () => {};
let position = 0;
function listen(query) {
  const socket = new WebSocket(`${server.base.replace('http', 'ws')}/ws?${query}`);
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    check(message, told);
    seen.set(message.type, (seen.get(message.type) ?? 0) + 1);
    if (message.seq_id > position) position = message.seq_id;
    wake();
  });
  return socket;
}
const socket = listen('prefix=app/');
const closed = new Promise((resolve) => { socket.on('close', resolve); });
async function until(type, count = 1) {
  const deadline = Date.now() + 20_000;
  while ((seen.get(type) ?? 0) < count) {
    assert.ok(Date.now() < deadline, `no ${type} came`);
    await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 100); });
  }
}
function say(message) {
  check(message, heard);
  socket.send(JSON.stringify(message));
}

await until('snapshot');
await write('PUT', 'app/plain', { value: 'b' });
await write('DELETE', 'app/bytes');
await until('update', 2);
say({ type: 'subscribe', id: 'one', payload: { keys: ['x'], prefixes: ['y/'], globs: ['z/*/db'], topics: ['other'] } });
await until('subscribed');
say({ type: 'unsubscribe', id: 2, payload: { globs: ['z/*/db'] } });
await until('unsubscribed');
say({ type: 'ping', id: 'three' });
await until('pong');
say({ type: 'ack', payload: { seq_id: 3, status: 'failed', key: 'app/plain', error: 'no' } });
say({ type: 'auth', payload: { token: 'nobody is asked here' } });
await until('access');
socket.send(JSON.stringify({ type: 'nonsense' }));
await until('error');
await write('PUT', 'elsewhere', { value: 'x' });
await until('bookmark');

// Somebody who was away for longer than this server remembers notifications, which is one.
const notify = (id) => request('POST', `${server.base}/api/v1/notifications`,
  JSON.stringify({ event_id: id, timestamp: Date.now(), topic: 'news', payload: { n: 1.5 } }),
  { 'content-type': 'application/json' });
await notify('first');
const away = position;
for (const id of ['second', 'third', 'fourth']) await notify(id);
await write('PUT', 'elsewhere', { value: 'y' });
listen(`topic=news&since=${away}`);
await until('notifications_lost');
await until('notification');
await server.end('SIGTERM');
assert.equal(await closed, 1012);
assert.deepEqual([...seen.keys()].sort(), [...told].sort());
console.log(`all ${told.length} kinds of message are as the contract says`);
