/** The TypeScript client in Node, against a live server: what each call answered. */

import { createServer } from 'node:http';
import { createAuthClient, isProblem } from '../../../clients/typescript/dist/index.js';

const facts = JSON.parse(process.argv[2]);
const person = { email: facts.email, password: facts.password };
const observed = {};

const sent = [];
let kept;
const auth = createAuthClient({ baseUrl: facts.url, tokens: () => kept });
auth.client.interceptors.request.use((request) => {
  sent.push({
    path: new URL(request.url).pathname,
    authorization: request.headers.get('Authorization')?.split(' ')[0] ?? null,
    token: request.headers.get('Authorization')?.split(' ')[1] ?? null,
    delivery: request.headers.get('X-Auth-Delivery'),
    cookie: request.headers.get('Cookie'),
    credentials: request.credentials,
  });
  return request;
});

const signedUp = await auth.signUp({ body: { ...person, first_name: 'Ada' } });
observed.signed_up = { status: signedUp.response.status, answer: signedUp.data.status };
observed.cookies_set = signedUp.response.headers.getSetCookie();

const signedIn = await auth.login({ body: person });
kept = signedIn.data;
observed.signed_in = { status: kept.status, type: kept.token_type, user: kept.user.email };

observed.me = (await auth.getMe()).data.user.first_name;
observed.edited = (await auth.updateMe({ body: { last_name: 'Lovelace' } })).data.user.last_name;
observed.sessions = (await auth.listSessions({ query: { limit: 10 } })).data.items.map((one) => one.is_current);

const older = kept;
const refreshed = await auth.refreshToken();
kept = refreshed.data;
observed.refreshed = {
  same_session: kept.session_id === older.session_id,
  new_access: kept.access_token !== older.access_token,
  new_refresh: kept.refresh_token !== older.refresh_token,
};
observed.right_tokens = sent.every(({ path, token }) =>
  path.endsWith('/token/refresh') ? token === older.refresh_token : token === null || token === older.access_token,
);
observed.me_after_refresh = (await auth.getMe()).response.status;

const refusal = ({ data, error, response }) => ({
  data: data ?? null,
  status: error.status,
  http: response?.status ?? null,
  code: error.code,
  detail: error.detail,
  fields: Object.keys(error.errors ?? {}),
  is_problem: isProblem(error),
});
observed.refusals = {
  wrong_password: refusal(await auth.login({ body: { ...person, password: 'not this one' } })),
  taken: refusal(await auth.signUp({ body: person })),
  weak: refusal(await auth.signUp({ body: { email: 'bob@example.com', password: 'password' } })),
  no_such_session: refusal(await auth.endSession({ path: { session_id: 'none' } })),
  unknown_field: refusal(await auth.updateMe({ body: { role: 'admin' } })),
};
try {
  await auth.login({ body: { ...person, password: 'not this one' }, throwOnError: true });
} catch (problem) {
  observed.thrown = { code: problem.code, is_problem: isProblem(problem) };
}

observed.signed_out = (await auth.logout({ body: { scope: 'this' } })).data.ended;
observed.refusals.after_sign_out = refusal(await auth.getMe());
observed.refusals.refresh_after_sign_out = refusal(await auth.refreshToken());
kept = undefined;
observed.refusals.nobody = refusal(await auth.getMe());
observed.sent = sent.map(({ token, ...rest }) => rest);

// No server, and a proxy that answers in its stead.
const nowhere = createAuthClient({ baseUrl: `http://127.0.0.1:${facts.closed_port}` });
observed.refusals.unreachable = refusal(await nowhere.getMe());
const proxy = createServer((_, answer) => answer.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>'));
await new Promise((listening) => proxy.listen(0, '127.0.0.1', listening));
const behind = createAuthClient({ baseUrl: `http://127.0.0.1:${proxy.address().port}` });
observed.refusals.bad_gateway = refusal(await behind.getMe());
proxy.close();

// The choices that a caller has.
const wires = [];
const spy = async (request) => {
  wires.push({ delivery: request.headers.get('X-Auth-Delivery'), credentials: request.credentials, language: request.headers.get('Accept-Language') });
  return new Response('{}', { headers: { 'Content-Type': 'application/json' } });
};
await createAuthClient({ baseUrl: facts.url, fetch: spy, delivery: 'cookies', headers: { 'Accept-Language': 'de' } }).getConfig();
await createAuthClient({ baseUrl: facts.url, fetch: spy, headers: new Headers({ 'Accept-Language': 'fr' }) }).getConfig();
globalThis.document = {};
await createAuthClient({ baseUrl: facts.url, fetch: spy }).getConfig();
observed.wires = wires;

console.log(JSON.stringify(observed));
