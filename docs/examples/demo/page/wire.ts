/** On the wire: what the page asked the API and what it answered, for people who want to see. */

import type { Client } from '@flask-headless-auth/client';
import { byId } from './forms.js';

const MOST = 12;
let count = 0;

/** Shows each request of *client* and its answer in the list at the foot of the page. */
export function watch(client: Client): void {
  client.interceptors.response.use(async (response, request) => {
    const text = await response.clone().text();
    const list = byId('wire-list');
    list.prepend(entry(request, response.status, text));
    while (list.children.length > MOST) list.lastElementChild?.remove();
    count += 1;
    byId('wire-count').textContent = `${count} ${count === 1 ? 'request' : 'requests'}`;
    return response;
  });
}

function entry(request: Request, status: number, text: string): HTMLLIElement {
  const row = document.createElement('li');
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  const shown = document.createElement('span');
  shown.className = status < 400 ? 'status' : 'status bad';
  shown.textContent = String(status);
  summary.append(`${request.method} ${new URL(request.url).pathname}`, shown);
  const body = document.createElement('pre');
  body.tabIndex = 0;
  body.textContent = pretty(text);
  details.append(summary, body);
  row.append(details);
  return row;
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
