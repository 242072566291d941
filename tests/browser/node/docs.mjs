/** Somebody reads the API's documentation, opens every operation, and tries one out. */

import { barriers, record, story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  const seen = await record(context);
  const observed = { origin: facts.url };
  const shot = (name, full = false) => page.screenshot({ path: `${facts.folder}/${name}.png`, fullPage: full });

  const answer = await page.goto(`${facts.url}/api/auth/docs`);
  observed.policy = (await answer.allHeaders())['content-security-policy'];
  await page.locator('.opblock').first().waitFor();
  await shot('docs', true);

  const spec = await page.evaluate(() => fetch('/api/auth/openapi.json').then((response) => response.json()));
  const methods = ['get', 'post', 'put', 'patch', 'delete'];
  observed.documented = Object.entries(spec.paths)
    .flatMap(([path, item]) => methods.filter((method) => method in item).map((method) => `${method} ${path}`))
    .sort();

  observed.shown = [];
  observed.without_description = [];
  observed.without_answers = [];
  for (const block of await page.locator('.opblock').all()) {
    const method = (await block.locator('.opblock-summary-method').innerText()).toLowerCase();
    const path = (await block.locator('.opblock-summary-path').getAttribute('data-path')) ?? '';
    const name = `${method} ${path}`;
    observed.shown.push(name);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.responses-inner').waitFor();
    if ((await block.locator('.opblock-summary-description').innerText()).trim() === '') {
      observed.without_description.push(name);
    }
    // Each answer has a status and an example of its body.
    const statuses = await block.locator('tr.response').count();
    const examples = await block.locator('tr.response .highlight-code, tr.response .example').count();
    if (statuses < 2 || examples < statuses) observed.without_answers.push(name);
    await block.locator('.opblock-summary-control').click();
  }
  observed.shown.sort();
  observed.failed_to_render = await page.locator('.errors-wrapper, .opblock-loading-animation, .fallback').count();

  const login = page.locator('#operations-signin-login');
  await login.locator('.opblock-summary-control').click();
  observed.example = JSON.parse(await login.locator('textarea.body-param__text').inputValue());
  await login
    .locator('textarea.body-param__text')
    .fill(JSON.stringify({ email: facts.email, password: facts.password }));
  await login.getByRole('button', { name: 'Execute' }).click();
  await login.locator('.live-responses-table .response .response-col_status').first().waitFor();
  observed.tried_status = (await login.locator('.live-responses-table .response .response-col_status').first().innerText()).trim();
  observed.tried_body = await login.locator('.live-responses-table .highlight-code code').first().innerText();
  await login.scrollIntoViewIfNeeded();
  await shot('docs-tried');

  const me = page.locator('#operations-profile-getMe');
  await me.locator('.opblock-summary-control').click();
  await me.getByRole('button', { name: 'Execute' }).click();
  await me.locator('.live-responses-table .response .response-col_status').first().waitFor();
  observed.cookie_then_works = (await me.locator('.live-responses-table .response .response-col_status').first().innerText()).trim();

  observed.console_at_docs = [...seen.console];
  await page.goto(`${facts.url}/api/auth/errors`);
  await shot('errors', true);
  observed.barriers = await barriers(page);
  observed.errors_title = await page.locator('h1').innerText();
  observed.errors_listed = await page.locator('tbody tr').count();
  await page.getByRole('link', { name: 'invalid_credentials' }).click();
  await page.waitForURL('**/errors/invalid_credentials');
  observed.error_text = await page.locator('main').innerText();
  await shot('error');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot('error-dark');
  observed.barriers.push(...(await barriers(page)));
  observed.style_applies = await page.evaluate(() => document.styleSheets[0]?.cssRules.length ?? 0);
  return { ...observed, seen };
});
