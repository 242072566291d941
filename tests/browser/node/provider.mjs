/** Somebody signs in at a provider, and links a second identity. */

import { story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const observed = {};
  const agree = async (login) => {
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill('any');
    await page.locator('button[type="submit"]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${facts.url}/`);
  };
  const ask = (path, options) =>
    page.evaluate(async ([path, options]) => (await fetch(`/api/auth${path}`, options)).json(), [path, options]);

  await page.goto(`${facts.url}/api/auth/login/acme`);
  await agree(facts.login);
  const me = await ask('/user/@me');
  observed.signed_in = { address: page.url(), email: me.user.email };

  const begun = await ask('/identities/acme', { method: 'POST' });
  await context.clearCookies({ domain: 'localhost', name: /^_(session|interaction)/ });
  await page.goto(begun.authorization_url);
  await agree(`${facts.login}-2`);
  const identities = await ask('/identities');
  observed.linked = { address: page.url(), identities: identities.items.length };

  observed.cookies_seen_by_script = await page.evaluate(() => document.cookie);
  const kept = await context.cookies();
  observed.attempts_left = kept.map((one) => one.name).filter((name) => name.includes('oauth_'));
  return observed;
});
