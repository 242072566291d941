/** Everything that goes by mail, with the TypeScript client in Node against a live server. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { createAuthClient } from '../../../clients/typescript/dist/index.js';

const facts = JSON.parse(process.argv[2]);
const { email, other_email: other, password, new_password: changed, last_password: last } = facts;
const observed = {};

let kept;
const auth = createAuthClient({ baseUrl: facts.url, tokens: () => kept });

const read = new Set();
const mail = async (to, subject) => {
  for (let tries = 0; tries < 400; tries += 1) {
    for (const name of (await readdir(facts.mails)).sort().reverse()) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
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
const token = async (to, subject, part) =>
  (await mail(to, subject)).links.find((one) => one.includes(part)).split(part)[1].split('/')[0];
const code = ({ error }) => error?.code ?? null;

kept = (await auth.signUp({ body: { email, password } })).data;
await mail(email, 'Confirm');
await auth.resendVerification({ body: { email } });
observed.confirmed = code(await auth.confirmEmail({ path: { token: await token(email, 'Confirm', '/confirm/') } }));
observed.is_verified = (await auth.getMe()).data.user.is_verified;
observed.forged = code(await auth.confirmEmail({ path: { token: 'forged' } }));

await auth.requestPasswordReset({ body: { email } });
const reset = await token(email, 'Choose a new password', '/reset-password/');
observed.weak = code(await auth.resetPassword({ path: { token: reset }, body: { password: 'password' } }));
observed.reset = code(await auth.resetPassword({ path: { token: reset }, body: { password: changed } }));
observed.reset_again = code(await auth.resetPassword({ path: { token: reset }, body: { password: changed } }));
observed.session_after_reset = code(await auth.getMe());

kept = undefined;
kept = (await auth.login({ body: { email, password: changed } })).data;
await auth.requestEmailChange({ body: { email: other } });
await mail(email, 'address');
await auth.changeEmail({ path: { token: await token(other, 'address', '/email/change/') } });
observed.moved = (await auth.getMe()).data.user.email;
await auth.revertAccount({ path: { token: await token(email, 'address', '/security/revert/') } });
observed.session_after_revert = code(await auth.getMe());
kept = undefined;
await auth.resetPassword({ path: { token: await token(email, 'Choose a new password', '/reset-password/') }, body: { password: last } });

const sent = (await auth.sendMagicLink({ body: { email } })).data;
const digits = (await mail(email, 'link to sign in')).codes[0].replace(' ', '');
const byCode = (await auth.verifyMagicLink({ body: { challenge: sent.challenge, code: digits } })).data;
observed.by_code = [byCode.status, byCode.user.email];
await auth.sendMagicLink({ body: { email } });
const link = await token(email, 'link to sign in', '/magic-link/');
observed.by_link = (await auth.verifyMagicLink({ body: { token: link } })).data.status;
observed.link_again = code(await auth.verifyMagicLink({ body: { token: link } }));

await auth.signUp({ body: { email: 'bob@example.com', password } });
await auth.denySignUp({ path: { token: await token('bob@example.com', 'Confirm', '/confirm/') } });
observed.denied = code(await auth.login({ body: { email: 'bob@example.com', password } }));

console.log(JSON.stringify(observed));
