/** Somebody uses the demo page with mouse and keyboard. */

import { barriers, record, story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const seen = await record(context);
  const observed = { origin: facts.url, barriers: [] };
  const shot = async (name) => {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: `${facts.folder}/${name}-${scheme}.png`, fullPage: true });
      for (const barrier of await barriers(page)) observed.barriers.push(`${name}, ${scheme}: ${barrier}`);
    }
  };
  const [signIn, signUp, password] = ['#sign-in', '#sign-up', '#password'].map((id) => page.locator(id));
  const notice = () => page.locator('#notice').innerText();
  const noticed = (text) => page.locator('#notice', { hasText: text }).waitFor();

  await page.goto(facts.url);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await shot('1-visitor');

  await page.getByRole('button', { name: 'Create an account' }).click();
  await signUp.getByLabel('First name').fill('Ada');
  await signUp.getByLabel('E-mail').fill('ada@');
  await signUp.getByLabel('Password').fill('1');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.locator('#up-email-problem').waitFor();
  observed.wrong_email = await page.locator('#up-email-problem').innerText();
  observed.focus_at_wrong_field = await page.evaluate(() => document.activeElement?.id);
  await shot('2-refused');
  await signUp.getByLabel('E-mail').fill(facts.email);
  await signUp.getByLabel('Password').fill('password');
  await page.keyboard.press('Enter');
  await page.locator('#up-password-problem').waitFor();
  observed.weak_password = await page.locator('#up-password-problem').innerText();
  observed.email_is_fine_now = (await page.locator('#up-email-problem').count()) === 0;
  await signUp.getByLabel('Password').fill(facts.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hello, Ada' }).waitFor();
  observed.who = await page.locator('#who').innerText();
  observed.cookies_seen_by_script = await page.evaluate(() => document.cookie);
  await page.getByText('This device').waitFor();
  observed.devices = await page.locator('#devices li').count();
  await shot('3-member');

  await page.locator('#me-first').fill('Augusta Ada');
  await page.locator('#me-last').fill('King');
  await page.locator('#profile').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Hello, Augusta Ada' }).waitFor();
  observed.after_edit = await notice();
  await page.reload();
  await page.getByRole('heading', { name: 'Hello, Augusta Ada' }).waitFor();
  observed.last_name_after_reload = await page.locator('#me-last').inputValue();

  // Another device signs in and is signed out from here.
  const elsewhere = await fetch(`${facts.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Auth-Delivery': 'body', 'User-Agent': 'Phone/1.0 (Android)' },
    body: JSON.stringify({ email: facts.email, password: facts.password }),
  });
  const token = (await elsewhere.json()).access_token;
  const there = async () =>
    (await fetch(`${facts.url}/api/auth/user/@me`, { headers: { Authorization: `Bearer ${token}` } })).status;
  observed.elsewhere_before = await there();
  await page.reload();
  await page.getByRole('button', { name: 'Sign out Phone on Android' }).waitFor();
  await shot('4-two-devices');
  await page.getByRole('button', { name: 'Sign out Phone on Android' }).click();
  await noticed('The device has been signed out.');
  // The list is drawn anew behind the notice.
  await page.getByRole('button', { name: 'Sign out Phone on Android' }).waitFor({ state: 'detached' });
  observed.devices_after_ending_one = await page.locator('#devices li').count();
  observed.elsewhere_after = await there();

  await password.getByLabel('Current password').fill('not this one');
  await password.getByLabel('New password').fill(facts.new_password);
  await page.getByRole('button', { name: 'Change password' }).click();
  observed.wrong_current_password = await page.locator('#password .alert').innerText();
  await password.getByLabel('Current password').fill(facts.password);
  await page.getByRole('button', { name: 'Change password' }).click();
  await noticed('The password has been changed.');

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  observed.after_sign_out = await notice();
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  await signIn.getByLabel('E-mail').fill(facts.email);
  await signIn.getByLabel('Password').fill(facts.password);
  await page.keyboard.press('Enter');
  observed.wrong_password = await page.getByRole('alert').innerText();
  observed.focus_after_wrong_password = await page.evaluate(() => document.activeElement?.id);
  await shot('5-wrong-password');
  await signIn.getByLabel('Password').fill(facts.new_password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hello, Augusta Ada' }).waitFor();
  await page.getByText('On the wire').click();
  await page.locator('#wire-list summary').nth(1).click();
  observed.tokens_on_the_wire = (await page.locator('#wire').innerText()).includes('eyJ');
  await page.setViewportSize({ width: 390, height: 800 });
  await shot('6-phone');
  observed.scrolls_sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  return { ...observed, seen };
});
