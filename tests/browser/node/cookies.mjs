/** Cookies in a real browser: who gets them, who sees them, and what pages of other sites can do with them. */

import { story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const observed = {};
  const api = `${facts.url}/api/auth`;
  const person = { email: facts.email, password: facts.password };

  /** A request by script of *where*: its status and body, or that the browser blocked it. */
  const ask = (where, method, url, { body, headers = {} } = {}) =>
    where.evaluate(
      async ([method, url, body, headers]) => {
        try {
          const answer = await fetch(url, {
            method,
            credentials: 'include',
            headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
            body: body === undefined ? undefined : JSON.stringify(body),
          });
          const text = await answer.text(); try { return { status: answer.status, body: JSON.parse(text) }; } catch { return { blocked: `${answer.status} ${text}` }; }
        } catch (error) {
          return { blocked: String(error) };
        }
      },
      [method, url, body, headers],
    );
  /** The cookies that hold tokens; the one that knows the device is no token. */
  const tokens = async (urls) => (await context.cookies(urls)).filter(({ name }) => name.endsWith('_token'));
  const jar = async () =>
    (await tokens([api, facts.url])).map(({ value, ...attributes }) => attributes).sort((a, b) => (a.name < b.name ? -1 : 1));

  // At home: a page of the host application.
  await page.goto(facts.url);
  const cookiesOnly = { 'X-Auth-Delivery': 'cookies' };
  observed.signed_up = await ask(page, 'POST', `${api}/signup`, { body: person, headers: cookiesOnly });
  observed.cookies = await jar();
  observed.script_sees = await page.evaluate(() => document.cookie);
  observed.me = await ask(page, 'GET', `${api}/user/@me`);
  const before = (await tokens(api)).map((one) => one.value).sort();
  observed.refreshed = await ask(page, 'POST', `${api}/token/refresh`, { headers: { 'X-Auth-Delivery': 'body' } });
  const after = (await tokens(api)).map((one) => one.value).sort();
  observed.cookies_changed = before.every((value) => !after.includes(value)) && before.length === after.length;
  observed.me_after_refresh = await ask(page, 'GET', `${api}/user/@me`);

  // Another site, for cookies and for CORS: 127.0.0.1 is not localhost.
  const attacker = await context.newPage();
  await attacker.goto(facts.foreign);
  observed.attack = {
    read_me: await ask(attacker, 'GET', `${api}/user/@me`),
    logout: await ask(attacker, 'POST', `${api}/logout`, { body: {} }),
    login: await ask(attacker, 'POST', `${api}/login`, { body: person }),
  };
  // What needs no permission beforehand: a form of the attacker's page that fills the window. The browser
  // sends it; the server must not act on it.
  const submit = async (path, kind, fields) => {
    const answered = attacker.waitForResponse((response) => response.url() === `${api}${path}`);
    await attacker.evaluate(
      ([action, kind, fields]) => {
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', action, enctype: kind });
        for (const [name, value] of Object.entries(fields)) {
          const input = document.createElement('input');
          Object.assign(input, { name, value });
          form.append(input);
        }
        document.body.append(form);
        form.submit();
      },
      [`${api}${path}`, kind, fields],
    );
    const response = await answered;
    const sent = await response.request().allHeaders();
    const answer = { status: response.status(), code: (await response.json()).code, cookie_sent: 'cookie' in sent };
    await attacker.goto(facts.foreign);
    return answer;
  };
  observed.form_logout = await submit('/logout', 'application/x-www-form-urlencoded', {});
  // A text/plain form can spell JSON: the classic login CSRF.
  const [open, close] = [`{"email": "${facts.email}", "password": "${facts.password}", "x": "`, '"}'];
  observed.form_login = await submit('/login', 'text/plain', { [open]: close });
  /** A request that the browser sends unasked, and whose answer its sender may not read. */
  const sendBlindly = (where, path) =>
    where.evaluate(async (url) => {
      const headers = { 'Content-Type': 'text/plain' };
      try {
        await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', headers, body: '{}' });
        return 'sent';
      } catch {
        return 'sent, and its answer kept from the page';
      }
    }, `${api}${path}`);
  observed.blind_logout = await sendBlindly(attacker, '/logout');
  observed.still_signed_in = await ask(page, 'GET', `${api}/user/@me`);
  observed.cookies_after_attacks = (await jar()).length;

  // A neighbour: another origin of the same site, so Strict cookies travel; only the server can refuse.
  const neighbour = await context.newPage();
  await neighbour.goto(facts.neighbour);
  observed.neighbour = {
    read_me: await ask(neighbour, 'GET', `${api}/user/@me`),
    logout: await ask(neighbour, 'POST', `${api}/logout`, { body: {} }),
    blind_logout: await sendBlindly(neighbour, '/logout'),
  };
  observed.still_signed_in_after_neighbour = await ask(page, 'GET', `${api}/user/@me`);

  // A front end whose origin the server knows.
  const front = await context.newPage();
  await front.goto(facts.front);
  observed.front = {
    read_me: await ask(front, 'GET', `${api}/user/@me`),
    refresh: await ask(front, 'POST', `${api}/token/refresh`),
    logout: await ask(front, 'POST', `${api}/logout`, { body: {} }),
    read_after: await ask(front, 'GET', `${api}/user/@me`),
    login: await ask(front, 'POST', `${api}/login`, { body: person, headers: cookiesOnly }),
  };
  observed.home_after_front = (await ask(page, 'GET', `${api}/user/@me`)).status;

  // The browser's cookies without "stay signed in" end with the browser.
  observed.short = await ask(page, 'POST', `${api}/login`, { body: { ...person, remember: false }, headers: cookiesOnly });
  observed.short_expiries = (await jar()).map((one) => one.expires);
  observed.signed_out = await ask(page, 'POST', `${api}/logout`, { body: {} });
  observed.cookies_at_the_end = await jar();
  return observed;
});
