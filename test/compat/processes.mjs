// A server, and an nginx before it, of a test's own: loopback, free ports, a directory of their own; they end with the
// test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/// One request on a connection of its own.
export function request(method, url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => { text += part; });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

class Program {
  constructor(directory, name, argv) {
    this.log = `${directory}/${name}.log`;
    this.argv = argv;
  }
  start() {
    const log = openSync(this.log, 'a');
    this.child = spawn(this.argv[0], this.argv.slice(1), { stdio: ['ignore', log, log] });
    children.add(this.child);
    this.ended = once(this.child, 'exit').then(() => children.delete(this.child));
  }
  async end(signal) {
    this.child.kill(signal);
    await this.ended;
  }
  /// Returns when `url` is answered at all.
  async ready(url) {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`it ended:\n${readFileSync(this.log, 'utf8')}`);
      const answer = await request('GET', url).catch(() => null);
      if (answer?.status === 200) return;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
  }
}

export class Confcastd extends Program {
  constructor(binary, directory, port) {
    const listen = `127.0.0.1:${port}`;
    super(directory, 'confcastd', [binary, '--listen', listen, '--store', `sqlite:${directory}/store`]);
    this.base = `http://${listen}`;
  }
  async run() {
    this.start();
    await this.ready(`${this.base}/readyz`);
  }
  /// PUT of a text; its revision.
  async put(key, value) {
    const answer = await request('PUT', `${this.base}/config/${key}`, value, { 'content-type': 'text/plain' });
    if (answer.status >= 300) throw new Error(answer.text);
    return JSON.parse(answer.text).data.mod_revision;
  }
}

/// Passes everything on to `target`, with nothing said about buffering; `old` speaks HTTP/1.0 to it, as nginx does
/// unless it is told otherwise, `base` 1.1.
export class Nginx extends Program {
  constructor(binary, directory, target, ports) {
    const own = `${directory}/nginx`;
    mkdirSync(own);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${own}/${name};`).join(' ');
    writeFileSync(`${own}/nginx.conf`, `
daemon off; master_process off; pid ${own}/pid; error_log stderr;
events {}
http {
  access_log off; ${temporary}
  server { listen 127.0.0.1:${ports[0]}; location / { proxy_pass ${target}; } }
  server {
    listen 127.0.0.1:${ports[1]};
    location / { proxy_pass ${target}; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`);
    super(directory, 'nginx', [binary, '-p', own, '-e', 'stderr', '-c', `${own}/nginx.conf`]);
    [this.old, this.base] = ports.map((port) => `http://127.0.0.1:${port}`);
  }
  async run() {
    this.start();
    await this.ready(`${this.base}/readyz`);
  }
}
