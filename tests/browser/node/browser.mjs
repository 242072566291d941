/**
 * A real Chromium for one story, and what it saw.
 *
 * A story gets its facts as JSON in the first argument and prints what it observed as JSON on the last line;
 * the Python test that started it compares.
 */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const AXE = readFileSync(new URL('./node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs *tell* with the story's facts and a fresh browser, and prints what it answers. */
export async function story(tell) {
  const facts = JSON.parse(process.argv[2] ?? '{}');
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: facts.chromium,
    headless: true,
    args: FLAGS,
    viewport: { width: 1100, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(60_000);
  try {
    const observed = await tell({ facts, context, page: context.pages()[0] ?? (await context.newPage()) });
    console.log(JSON.stringify(observed));
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What keeps some people from using *page*, by the rules of WCAG 2.2 that a program can check. */
export async function barriers(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  if (found.passes.length < 10) throw new Error('Hardly anything was checked.');
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
}

/** Everything that goes wrong or out in any page of *context* from now on. */
export async function record(context) {
  const seen = { requests: [], failures: [], console: [], violations: [] };
  await context.exposeBinding('__violation', (_, violation) => seen.violations.push(violation));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      globalThis.__violation(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  context.on('request', (request) => seen.requests.push(request.url()));
  context.on('requestfailed', (request) => seen.failures.push(`${request.url()} ${request.failure()?.errorText}`));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.console.push(message.text());
  });
  context.on('weberror', (error) => seen.console.push(String(error.error())));
  return seen;
}
