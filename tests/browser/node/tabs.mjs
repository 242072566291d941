/** Two tabs of one browser refresh at the same moment, again and again. */

import { story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const api = `${facts.url}/api/auth`;
  await page.goto(facts.url);
  const tabs = [page, await context.newPage()];
  await tabs[1].goto(facts.url);
  await page.evaluate(
    ([url, body]) =>
      fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Auth-Delivery': 'cookies' },
        body: JSON.stringify(body),
      }),
    [`${api}/signup`, { email: facts.email, password: facts.password }],
  );

  const status = (tab, method, path) =>
    tab.evaluate(([url, method]) => fetch(url, { method }).then((answer) => answer.status), [`${api}${path}`, method]);
  const rounds = [];
  const values = new Set();
  for (let round = 0; round < facts.rounds; round += 1) {
    const refreshed = await Promise.all(tabs.map((tab) => status(tab, 'POST', '/token/refresh')));
    const known = await Promise.all(tabs.map((tab) => status(tab, 'GET', '/user/@me')));
    rounds.push([...refreshed, ...known]);
    for (const cookie of await context.cookies(api)) values.add(cookie.value);
  }
  const sessions = await page.evaluate((url) => fetch(url).then((answer) => answer.json()), `${api}/sessions`);
  return { rounds, distinct_cookies: values.size, sessions: sessions.items.length };
});
