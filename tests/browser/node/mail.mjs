/** Somebody lives through everything that goes by mail, with nothing but the small pages of the server. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { barriers, record, story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const seen = await record(context);
  const observed = { barriers: [], titles: {} };
  const { email, other_email: other, password, new_password: changed, last_password: last } = facts;

  /** The newest mail of this subject to this address that nobody has asked for yet. */
  const read = new Set();
  const mail = async (to, subject) => {
    for (let tries = 0; tries < 400; tries += 1) {
      for (const name of (await readdir(facts.mails)).sort().reverse()) {
        const found = JSON.parse(await readFile(join(facts.mails, name), 'utf8'));
        if (!read.has(name) && found.to === to && found.subject.includes(subject)) {
          read.add(name);
          return found;
        }
      }
      await later(50);
    }
    throw new Error(`No mail "${subject}" came to ${to}.`);
  };
  const link = (message, part) => message.links.find((one) => one.includes(part));

  /** What a front end on this server asks the API, with the browser's cookies. */
  const api = (method, path, body) =>
    page.evaluate(
      async ([how, where, what]) => {
        const answer = await fetch(`/api/auth${where}`, {
          method: how,
          headers: { 'Content-Type': 'application/json', 'X-Auth-Delivery': 'cookies' },
          body: what ? JSON.stringify(what) : undefined,
        });
        return { status: answer.status, body: await answer.json() };
      },
      [method, path, body],
    );

  const shot = async (name) => {
    for (const [scheme, width] of [
      ['light', 1100],
      ['dark', 390],
    ]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${facts.folder}/${name}-${scheme}.png`, fullPage: true });
      for (const barrier of await barriers(page)) observed.barriers.push(`${name}, ${scheme}: ${barrier}`);
    }
    observed.titles[name] = await page.locator('h1').innerText();
  };
  const press = async (name) => {
    await page.locator('main button').first().click();
    await page.waitForLoadState();
    await shot(name);
  };
  const home = () => page.goto(facts.url);

  // An account, and the address confirmed.
  await home();
  observed.signed_up = (await api('POST', '/signup', { email, password })).status;
  const confirmation = await mail(email, 'Confirm');
  await page.goto(link(confirmation, '/confirm/'));
  await shot('1-confirm');
  await home();
  observed.verified_by_looking = (await api('GET', '/user/@me')).body.user.is_verified;
  await page.goto(link(confirmation, '/confirm/'));
  await press('2-confirmed');
  await home();
  observed.verified_by_pressing = (await api('GET', '/user/@me')).body.user.is_verified;
  await api('POST', '/logout', {});

  // A forgotten password.
  observed.reset_asked = (await api('POST', '/request-password-reset', { email })).status;
  const reset = link(await mail(email, 'Choose a new password'), '/reset-password/');
  await page.goto(reset);
  await shot('3-reset');
  await page.locator('input[type=password]').first().fill('password');
  await press('4-weak');
  observed.weak = await page.locator('main').innerText();
  await page.locator('input[type=password]').first().fill(changed);
  await press('5-reset-done');
  await page.goto(reset);
  await shot('6-reset-over');
  await home();
  observed.old_password = (await api('POST', '/login', { email, password })).status;
  observed.new_password = (await api('POST', '/login', { email, password: changed })).status;

  // Another address, and the owner of the old one who did not want that.
  observed.change_asked = (await api('POST', '/email/change', { email: other })).status;
  await mail(email, 'address');
  await page.goto(link(await mail(other, 'address'), '/email/change/'));
  await shot('7-change');
  await press('8-changed');
  await home();
  observed.after_change = (await api('GET', '/user/@me')).body.user.email;
  const notice = await mail(email, 'address');
  await page.goto(link(notice, '/security/revert/'));
  await shot('9-revert');
  await press('10-reverted');
  await home();
  observed.session_after_revert = (await api('GET', '/user/@me')).status;
  observed.password_after_revert = (await api('POST', '/login', { email, password: changed })).status;
  await page.goto(link(await mail(email, 'Choose a new password'), '/reset-password/'));
  await page.locator('input[type=password]').first().fill(last);
  await press('11-set-again');
  await home();
  observed.at_the_old_address = (await api('POST', '/login', { email, password: last })).status;
  await api('POST', '/logout', {});

  // In without a password.
  observed.magic_asked = (await api('POST', '/magic-link', { email })).status;
  await page.goto(link(await mail(email, 'link to sign in'), '/magic-link/'));
  await shot('12-magic');
  observed.signed_in_by_looking = (await context.cookies()).some((one) => one.name.endsWith('access_token'));
  await press('13-signed-in');
  await home();
  observed.signed_in_by_pressing = (await api('GET', '/check-auth')).body.user?.email;

  observed.outside = seen.requests.filter((one) => !one.startsWith(facts.url) && !one.startsWith('data:'));
  observed.violations = seen.violations;
  return observed;
});
