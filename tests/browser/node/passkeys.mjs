/** Passkeys in a real browser, with virtual authenticators (WebAuthn §11) that verify their user or do not. */

import { story } from './browser.mjs';

await story(async ({ facts, context, page }) => {
  await page.goto(`${facts.url}/passkeys`);
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable', { enableUI: false });

  const plugged = [];
  const plug = async (more = {}) => {
    const options = {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      defaultBackupEligibility: true,
      defaultBackupState: true,
      ...more,
    };
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    plugged.push(authenticatorId);
    return authenticatorId;
  };
  const unplug = async () => {
    for (const authenticatorId of plugged.splice(0)) {
      await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
  };
  const credentials = async (authenticatorId) =>
    (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const run = (code, argument) =>
    page.evaluate(
      ([code, argument]) =>
        (0, eval)(code)(argument).catch((problem) => ({ failed: `${problem.name}: ${problem.message}` })),
      [code, argument],
    );
  const signOut = () => run(`() => post('/logout')`);
  const me = () => run(`() => call('GET', '/check-auth')`);
  const seen = {};

  // An account with a password gets a passkey, and signs in with it.
  const phone = await plug();
  seen.signed_up = await run(`(form) => post('/signup', form)`, { email: facts.email, password: facts.password });
  seen.registered = await run(`() => register('My phone')`);
  seen.resident = (await credentials(phone)).map((one) => [one.isResidentCredential, one.rpId, one.backupState]);
  seen.again = await run(`() => register()`);
  await signOut();
  seen.login = await run(`() => login()`);
  seen.me = await me();
  seen.cookies = (await context.cookies(`${facts.url}/api/auth`)).map((one) => one.name).sort();
  await signOut();

  // The browser's own suggestions in a form.
  seen.conditional_is_there = await run(`() => PublicKeyCredential.isConditionalMediationAvailable()`);
  seen.conditional = await run(`() => login({ mediation: 'conditional' })`);

  // Presence, and the list.
  seen.proved = await run(`() => prove()`);
  seen.list = await run(`() => call('GET', '/passkeys')`);

  // The user refuses to be verified: presence is not shown.
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId: phone, isUserVerified: false });
  seen.not_verified = await run(`() => prove()`);
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId: phone, isUserVerified: true });

  // A copy: the counter of the credential goes back.
  const [credential] = await credentials(phone);
  await devtools.send('WebAuthn.removeCredential', { authenticatorId: phone, credentialId: credential.credentialId });
  await devtools.send('WebAuthn.addCredential', {
    authenticatorId: phone,
    credential: { ...credential, signCount: 0 },
  });
  seen.counter = credential.signCount;
  await signOut();
  seen.copied = await run(`() => login()`);
  await unplug();

  // A key without a PIN: it can be added, and opens nothing alone. Chromium offers it for no sign-in that names
  // no credential, so whoever found it names it.
  await run(`(form) => post('/login', form)`, { email: facts.email, password: facts.password });
  const key = await plug({ hasUserVerification: false, isUserVerified: false, defaultBackupEligibility: false, defaultBackupState: false });
  seen.key_registered = await run(`() => register('Grey key')`);
  await signOut();
  const [{ credentialId }] = await credentials(key);
  seen.key_suggested = await run(`() => login()`);
  seen.key_login = await run(`(id) => loginWith(id)`, credentialId);
  await unplug();

  // An account that begins with a passkey.
  await plug();
  seen.passkey_signed_up = await run(`(form) => signUp(form)`, { email: 'grace@example.com' });
  await signOut();
  seen.passkey_login = await run(`() => login()`);
  const [only] = (await run(`() => call('GET', '/passkeys')`)).body.items;
  seen.last_removed = await run(`(id) => call('DELETE', '/passkeys/' + id)`, only.id);
  return seen;
});
